namespace Lurm.Index.Tests;

/// <summary>What every <see cref="IVectorIndex"/> promises; each implementation's test class inherits it.</summary>
public abstract class VectorIndexContract
{
    private const int D = 24;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>An empty index of the given length.</summary>
    protected abstract IVectorIndex Create(int dimensions);

    /// <summary>An index over rows 0 … n − 1.</summary>
    private IVectorIndex Filled(float[] vectors, int dimensions = D)
    {
        var index = Create(dimensions);
        for (var i = 0; i < vectors.Length / dimensions; i++)
        {
            index.Upsert(i, UnitVectors.Row(vectors, i, dimensions));
        }

        return index;
    }

    [Fact]
    public void An_empty_index_finds_nothing()
    {
        var index = Create(D);
        var hits = new Neighbor[3];

        Assert.Equal(0, index.Count);
        Assert.Equal(0, index.Search(new float[D], hits, 10, Stop));
        Assert.Equal(0, index.Search(new float[D], hits, 10, VectorFilter.FromKeys([1, 2]), Stop).Count);
        Assert.False(index.Contains(1));
        Assert.False(index.Remove(1));
    }

    [Fact]
    public void A_vector_comes_back_as_it_went_in()
    {
        var vectors = UnitVectors.Spread(100, D, seed: 1);
        var index = Filled(vectors);
        var read = new float[D];

        for (var i = 0; i < 100; i++)
        {
            Assert.True(index.TryGetVector(i, read));
            Assert.Equal(UnitVectors.Row(vectors, i, D).ToArray(), read);
        }

        Assert.False(index.TryGetVector(100, read));
        Assert.Equal(100, index.Count);
    }

    [Fact]
    public void Every_key_is_found_first_by_its_own_vector()
    {
        var vectors = UnitVectors.Clustered(500, D, seed: 2);
        var index = Filled(vectors);
        var hits = new Neighbor[1];

        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(1, index.Search(UnitVectors.Row(vectors, i, D), hits, 64, Stop));
            Assert.Equal(i, hits[0].Key);
            Assert.Equal(1f, hits[0].Score, 1e-5f);
        }
    }

    [Fact]
    public void Hits_are_exact_inner_products_in_falling_order()
    {
        var vectors = UnitVectors.Clustered(300, D, seed: 3);
        var index = Filled(vectors);
        var query = UnitVectors.Spread(1, D, seed: 4);
        var hits = new Neighbor[20];

        var count = index.Search(query, hits, 100, Stop);

        Assert.Equal(20, count);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(UnitVectors.Dot(query, UnitVectors.Row(vectors, (int)hits[i].Key, D)), hits[i].Score, 1e-5);
            Assert.True(i == 0 || hits[i].Score <= hits[i - 1].Score);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void There_are_always_min_k_and_live_hits(int k)
    {
        var index = Filled(UnitVectors.Spread(50, D, seed: 5));
        var hits = new Neighbor[k];

        Assert.Equal(Math.Min(k, 50), index.Search(UnitVectors.Spread(1, D, seed: 6), hits, 1, Stop));
        Assert.Equal(Math.Min(k, 50), hits.Take(50).Select(h => (h.Key, h.Score)).Distinct().Count(h => h.Score != 0));
    }

    [Fact]
    public void An_upsert_replaces_the_vector()
    {
        var vectors = UnitVectors.Spread(60, D, seed: 7);
        var index = Filled(vectors);
        var moved = UnitVectors.Spread(1, D, seed: 8);

        index.Upsert(17, moved);

        var hits = new Neighbor[60];
        Assert.Equal(60, index.Count);
        Assert.Equal(60, index.Search(moved, hits, 60, Stop));
        Assert.Equal(17, hits[0].Key);
        Assert.Equal(60, hits.Select(h => h.Key).Distinct().Count());
    }

    [Fact]
    public void Removed_keys_are_never_returned()
    {
        var vectors = UnitVectors.Clustered(300, D, seed: 9);
        var index = Filled(vectors);

        for (var i = 0; i < 300; i += 2)
        {
            Assert.True(index.Remove(i));
            Assert.False(index.Remove(i));
        }

        var hits = new Neighbor[300];
        Assert.Equal(150, index.Count);
        for (var i = 0; i < 300; i++)
        {
            var count = index.Search(UnitVectors.Row(vectors, i, D), hits, 20, Stop);
            Assert.Equal(150, count);
            Assert.All(hits.Take(count), hit => Assert.Equal(1, hit.Key % 2));
        }

        Assert.False(index.TryGetVector(0, new float[D]));
    }

    [Fact]
    public void A_removed_key_can_come_back_with_another_vector()
    {
        var vectors = UnitVectors.Spread(100, D, seed: 10);
        var index = Filled(vectors);
        var other = UnitVectors.Spread(100, D, seed: 11);

        for (var i = 0; i < 100; i++)
        {
            index.Remove(i);
            index.Upsert(i, UnitVectors.Row(other, i, D));
        }

        var hits = new Neighbor[1];
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(1, index.Search(UnitVectors.Row(other, i, D), hits, 64, Stop));
            Assert.Equal(i, hits[0].Key);
        }
    }

    [Fact]
    public void All_can_be_removed_and_the_index_used_again()
    {
        var vectors = UnitVectors.Spread(40, D, seed: 12);
        var index = Filled(vectors);
        for (var i = 0; i < 40; i++)
        {
            index.Remove(i);
        }

        var hits = new Neighbor[2];
        Assert.Equal(0, index.Count);
        Assert.Equal(0, index.Search(vectors.AsSpan(0, D), hits, 10, Stop));
        index.Upsert(99, vectors.AsSpan(0, D));
        Assert.Equal(1, index.Search(vectors.AsSpan(0, D), hits, 10, Stop));
        Assert.Equal(99, hits[0].Key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(1000)]
    [InlineData(2000)]
    public void A_filter_gives_min_k_and_matches_and_nothing_else(int matches)
    {
        const int N = 2000;
        const int K = 10;
        var vectors = UnitVectors.Clustered(N, D, seed: 13);
        var index = Filled(vectors);
        var keys = Enumerable.Range(0, matches).Select(i => (long)i * N / Math.Max(1, matches)).ToArray();
        var passing = keys.ToHashSet();
        var queries = UnitVectors.Clustered(10, D, seed: 14);
        var hits = new Neighbor[K];

        foreach (var filter in new[] { VectorFilter.FromKeys(keys), VectorFilter.FromBits(Bits(keys)), VectorFilter.FromPredicate(passing.Contains, (double)matches / N) })
        {
            for (var q = 0; q < 10; q++)
            {
                var query = UnitVectors.Row(queries, q, D);
                var search = index.Search(query, hits, 200, filter, Stop);
                Assert.Equal(Math.Min(K, matches), search.Count);
                Assert.All(hits.Take(search.Count), hit => Assert.Contains(hit.Key, passing));
                var truth = UnitVectors.Nearest(vectors, query, K, row => passing.Contains(row));
                Assert.True(truth.Intersect(hits.Take(search.Count).Select(h => h.Key)).Count() >= Math.Min(K, matches) - 1, $"{search.Plan} missed two or more");
            }
        }
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        var index = Create(D);
        var hits = new Neighbor[1];

        Assert.Throws<ArgumentException>(() => index.Upsert(1, new float[D + 1]));
        Assert.Throws<ArgumentException>(() => index.Search(new float[D - 1], hits, 10, Stop));
        var broken = new float[D];
        broken[3] = float.NaN;
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => index.Upsert(1, broken)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => index.Search(broken, hits, 10, Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(new float[D], hits, 0, Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.TryGetVector(1, new float[D - 1]));
        Assert.Equal(0, index.Search(new float[D], [], 10, Stop));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void A_cancelled_search_says_so()
    {
        var index = Filled(UnitVectors.Spread(100, D, seed: 15));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => index.Search(new float[D], new Neighbor[1], 10, cancelled.Token));
    }

    [Fact]
    public void Odd_lengths_work_like_round_ones()
    {
        foreach (var d in new[] { 1, 2, 3, 15, 17, 31, 33, 100 })
        {
            var vectors = UnitVectors.Spread(50, d, seed: d);
            var index = Filled(vectors, d);
            var hits = new Neighbor[1];
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(1, index.Search(UnitVectors.Row(vectors, i, d), hits, 50, Stop));
                Assert.Equal(1f, hits[0].Score, 1e-4f);
            }
        }
    }

    private static ulong[] Bits(long[] keys)
    {
        var bits = new ulong[keys.Length == 0 ? 0 : (keys[^1] / 64) + 1];
        foreach (var key in keys)
        {
            bits[key / 64] |= 1ul << (int)(key % 64);
        }

        return bits;
    }
}
