using Lurm.TestKit;

namespace Lurm.Index.Tests.Snapshots;

public class SnapshotTests
{
    private const int D = 20;

    [Theory]
    [InlineData(VectorStorage.Float32)]
    [InlineData(VectorStorage.Float16)]
    [InlineData(VectorStorage.Int8)]
    public void A_reopened_index_gives_the_same_answers(VectorStorage storage)
    {
        using var folder = new TemporaryFolder();
        var vectors = UnitVectors.Clustered(3000, D, seed: 1);
        using var index = HnswIndex.Build(new HnswOptions { Dimensions = D, Storage = storage }, UnitVectors.Keys(3000, 7), vectors, cancellationToken: TestContext.Current.CancellationToken);
        index.Save(folder["a.lurmidx"], "model-1", TestContext.Current.CancellationToken);
        using var opened = HnswIndex.Open(folder["a.lurmidx"], "model-1");

        Assert.Equal(index.Options, opened.Options);
        Assert.Equal(3000, opened.Count);
        var queries = UnitVectors.Clustered(50, D, seed: 2);
        var (before, after) = (new Neighbor[10], new Neighbor[10]);
        for (var q = 0; q < 50; q++)
        {
            Assert.Equal(10, index.Search(UnitVectors.Row(queries, q, D), before, 40, TestContext.Current.CancellationToken));
            Assert.Equal(10, opened.Search(UnitVectors.Row(queries, q, D), after, 40, TestContext.Current.CancellationToken));
            Assert.Equal(before, after);
        }
    }

    [Fact]
    public void A_reopened_index_can_be_changed()
    {
        using var folder = new TemporaryFolder();
        var vectors = UnitVectors.Clustered(1000, D, seed: 3);
        using (var index = HnswIndex.Build(new HnswOptions { Dimensions = D }, UnitVectors.Keys(500), vectors.AsMemory(0, 500 * D), cancellationToken: TestContext.Current.CancellationToken))
        {
            index.Save(folder["a"], "m", TestContext.Current.CancellationToken);
        }

        using var opened = HnswIndex.Open(folder["a"]);
        for (var i = 500; i < 1000; i++)
        {
            opened.Upsert(i, UnitVectors.Row(vectors, i, D));
            Assert.True(opened.Remove(i - 500));
        }

        opened.Save(folder["a"], "m2", TestContext.Current.CancellationToken);
        using var again = HnswIndex.Open(folder["a"], "m2");
        Assert.Equal(500, again.Count);
        Assert.True(UnitVectors.Recall(again, vectors, UnitVectors.Clustered(50, D, seed: 4), 10, 100, row => row >= 500) > 0.99);
    }
}
