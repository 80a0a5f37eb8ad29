namespace Lurm.Index.Tests;

public class HnswIndexConcurrencyTests
{
    private const int D = 16;
    private const int Stable = 1500;
    private const int Moving = 500;

    /// <summary>
    /// Searchers beside a writer that inserts, replaces, removes, grows and compacts: every hit is a key with the score of a whole
    /// vector it had, none twice; keys the writer never touches are found all the time.
    /// </summary>
    [Theory]
    [InlineData(VectorStorage.Float32)]
    [InlineData(VectorStorage.Int8)]
    public async Task Searches_beside_a_writer_return_whole_vectors_and_no_key_twice(VectorStorage storage)
    {
        var first = UnitVectors.Clustered(Stable + Moving, D, seed: 1);
        var second = UnitVectors.Clustered(Stable + Moving, D, seed: 2);
        using var index = HnswIndex.Build(new HnswOptions { Dimensions = D, Storage = storage, EfConstruction = 40 }, UnitVectors.Keys(Stable), first.AsMemory(0, Stable * D), cancellationToken: TestContext.Current.CancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        // The writer goes on until every searcher was seen searching: on a busy machine a thread may start late.
        using var searching = new CountdownEvent(3);
        var searchers = Enumerable.Range(0, 3).Select(worker => Task.Run(() => SearchUntil(index, first, second, worker, searching, done.Token), TestContext.Current.CancellationToken)).ToArray();
        for (var round = 0; round < 3 || !(searching.IsSet || searchers.Any(searcher => searcher.IsCompleted)); round++)
        {
            for (var i = Stable; i < Stable + Moving; i++)
            {
                index.Upsert(i, UnitVectors.Row(round % 2 == 0 ? first : second, i, D));
            }

            for (var i = Stable; i < Stable + Moving; i += 2)
            {
                Assert.True(index.Remove(i));
            }

            index.Compact();
        }

        await done.CancelAsync();
        await Task.WhenAll(searchers);
        Assert.Equal(Stable + (Moving / 2), index.Count);
    }

    private static void SearchUntil(HnswIndex index, float[] first, float[] second, int worker, CountdownEvent searching, CancellationToken done)
    {
        var hits = new Neighbor[20];
        var hasSearched = false;
        for (var i = worker; !done.IsCancellationRequested; i = (i + 7) % Stable)
        {
            var query = UnitVectors.Row(first, i, D);
            var count = index.Search(query, hits, 40, CancellationToken.None);
            Assert.Equal(20, count);
            Assert.Equal(20, hits.Select(h => h.Key).Distinct().Count());
            Assert.Equal(i, hits[0].Key);
            foreach (var hit in hits)
            {
                var was = UnitVectors.Dot(query, UnitVectors.Row(first, (int)hit.Key, D));
                var became = UnitVectors.Dot(query, UnitVectors.Row(second, (int)hit.Key, D));
                Assert.True(Math.Abs(hit.Score - was) < 1e-5 || (hit.Key >= Stable && Math.Abs(hit.Score - became) < 1e-5), $"key {hit.Key} scored {hit.Score}, its vectors {was} and {became}");
            }

            if (!hasSearched)
            {
                searching.Signal();
                hasSearched = true;
            }
        }
    }

    [Fact]
    public async Task An_index_can_be_disposed_under_its_searchers()
    {
        var vectors = UnitVectors.Clustered(2000, D, seed: 3);
        var index = HnswIndex.Build(new HnswOptions { Dimensions = D, EfConstruction = 40 }, UnitVectors.Keys(2000), vectors, cancellationToken: TestContext.Current.CancellationToken);
        using var started = new CountdownEvent(3);
        var searchers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var hits = new Neighbor[5];
            index.Search(vectors.AsSpan(0, D), hits, 50);
            started.Signal();
            try
            {
                while (true)
                {
                    index.Search(vectors.AsSpan(0, D), hits, 50);
                }
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        })).ToArray();
        started.Wait(TestContext.Current.CancellationToken);
        index.Dispose();

        Assert.All(await Task.WhenAll(searchers).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), Assert.True);
    }
}
