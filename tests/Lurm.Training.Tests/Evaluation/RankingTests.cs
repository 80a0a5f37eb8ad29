using Lurm.Training.Evaluation.Metrics;

namespace Lurm.Training.Tests.Evaluation;

public sealed class RankingTests
{
    // Ranks 1 to 10; positives at 1, 2, 5 and 9.
    private static readonly double[] Scores = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    private static readonly bool[] Positive = [true, true, false, false, true, false, false, false, true, false];

    [Fact]
    public void Hand_computed_measures()
    {
        var ranking = new Ranking(Scores, Positive);
        Assert.Equal(0.5, ranking.RPrecision, 12);      // 2 of the first 4
        Assert.Equal(2.5, ranking.Lift(20), 12);        // 2 of 2, where 0.4 is random
        Assert.Equal(1.5, ranking.Lift(50), 12);        // 3 of 5, where 0.4 is random
        Assert.Equal(1, ranking.Lift(100), 12);
        Assert.Equal(0.75, ranking.Recall(5), 12);
        Assert.Equal(1, ranking.Recall(50), 12);
    }

    [Fact]
    public void The_order_in_which_candidates_are_given_does_not_matter()
    {
        var order = new[] { 3, 8, 0, 9, 5, 1, 7, 2, 6, 4 };
        var ranking = new Ranking(Array.ConvertAll(order, i => Scores[i]), Array.ConvertAll(order, i => Positive[i]));
        Assert.Equal(0.5, ranking.RPrecision, 12);
        Assert.Equal(2.5, ranking.Lift(20), 12);
    }

    [Fact]
    public void A_cut_through_equal_scores_counts_their_expected_hits()
    {
        var ranking = new Ranking([1, 1, 1, 1], [true, false, false, false]);
        Assert.Equal(0.25, ranking.Recall(1), 12);
        Assert.Equal(1, ranking.Lift(50), 12);
        Assert.Equal(0.25, ranking.RPrecision, 12);
    }

    [Fact]
    public void Without_positives_nothing_has_a_value()
    {
        var ranking = new Ranking([1, 2], [false, false]);
        Assert.True(double.IsNaN(ranking.RPrecision));
        Assert.True(double.IsNaN(ranking.Lift(50)));
        Assert.True(double.IsNaN(ranking.Recall(1)));
    }
}
