namespace Lurm.Index.Tests;

public class AnchorScoresTests
{
    private const int Anchors = 4;
    private const int D = 32;

    [Fact]
    public void Parts_add_up_to_the_score()
    {
        var rows = UnitVectors.Spread(2, D, seed: 1);
        var parts = new float[Anchors];
        AnchorScores.Split(rows.AsSpan(0, D), rows.AsSpan(D, D), parts);

        Assert.Equal(UnitVectors.Dot(rows.AsSpan(0, D), rows.AsSpan(D, D)), parts.Sum(), 1e-6);
    }

    [Fact]
    public void Weights_on_the_query_weigh_the_parts_of_the_score()
    {
        var rows = UnitVectors.Spread(2, D, seed: 2);
        float[] weights = [0, 2, 0.5f, -1];
        var (parts, weighted) = (new float[Anchors], new float[D]);
        AnchorScores.Split(rows.AsSpan(0, D), rows.AsSpan(D, D), parts);
        AnchorScores.Weight(rows.AsSpan(0, D), weights, weighted);

        Assert.Equal(parts.Zip(weights, (p, w) => p * w).Sum(), UnitVectors.Dot(weighted, rows.AsSpan(D, D)), 1e-6);
    }

    [Fact]
    public void MaxSim_is_blind_to_the_order_of_the_vectors_anchors()
    {
        var rows = UnitVectors.Spread(2, D, seed: 3);
        var swapped = rows.AsSpan(D + 8, D - 8).ToArray().Concat(rows.AsSpan(D, 8).ToArray()).ToArray();

        Assert.Equal(AnchorScores.MaxSim(rows.AsSpan(0, D), rows.AsSpan(D, D), Anchors), AnchorScores.MaxSim(rows.AsSpan(0, D), swapped, Anchors), 1e-6f);
        Assert.True(AnchorScores.MaxSim(rows.AsSpan(0, D), rows.AsSpan(D, D), Anchors) >= (float)UnitVectors.Dot(rows.AsSpan(0, D), rows.AsSpan(D, D)));
    }

    [Fact]
    public void Hits_are_ranked_anew_by_MaxSim_and_removed_ones_go_last()
    {
        var rows = UnitVectors.Spread(20, D, seed: 4);
        using var index = new ExactIndex(D);
        for (var i = 0; i < 20; i++)
        {
            index.Upsert(i, UnitVectors.Row(rows, i, D));
        }

        var hits = new Neighbor[10];
        var query = UnitVectors.Row(rows, 3, D).ToArray();
        index.Search(query, hits, 1, TestContext.Current.CancellationToken);
        index.Remove(hits[4].Key);
        var there = AnchorScores.RerankByMaxSim(index, query, Anchors, hits);

        Assert.Equal(9, there);
        for (var i = 0; i < there; i++)
        {
            Assert.Equal(AnchorScores.MaxSim(query, UnitVectors.Row(rows, (int)hits[i].Key, D), Anchors), hits[i].Score, 1e-5f);
            Assert.True(i == 0 || hits[i].Score <= hits[i - 1].Score);
        }
    }

    [Fact]
    public void A_length_that_does_not_divide_is_refused() =>
        Assert.Throws<ArgumentException>(() => AnchorScores.MaxSim(new float[10], new float[10], 3));
}
