using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Tasks;
using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Evaluation;

public sealed class NextPeriodTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Interests_that_follow_the_past_are_predicted_and_recall_counts_the_first_ten()
    {
        // 800 returning users touch the three interests of their group out of 36; 100 others do not return.
        var random = new SampleRandom(2, 0);
        var values = new float[900 * 12];
        var next = new HashSet<int>[900];
        for (var row = 0; row < 900; row++)
        {
            var group = random.Next(12);
            values[(row * 12) + group] = 1;
            next[row] = row < 800 ? [group * 3, (group * 3) + 1, (group * 3) + 2] : [];
        }

        var results = NextPeriodTasks.Interests(next, [new("told", new DenseFeatures(900, 12, values)), new("blind", new DenseFeatures(900, 1, new float[900]))], 1, Cancellation);
        Assert.Equal(["AUC", "recall@10"], results.Select(result => result.Measure));
        Assert.All(results, result => Assert.Equal(800, result.Units));
        Assert.True(results[0].Statistics["told"]([]) > 0.99);
        Assert.Equal(0.5, results[0].Statistics["blind"]([]), 0.05);
        Assert.True(results[1].Statistics["told"]([]) > 0.99);
        Assert.True(results[1].Statistics["blind"]([]) < 0.6);
    }

    [Fact]
    public void Returning_is_asked_of_everybody_with_a_past()
    {
        var returns = Enumerable.Range(0, 200).Select(row => row % 3 == 0).ToArray();
        var told = new DenseFeatures(200, 1, Array.ConvertAll(returns, isActive => isActive ? 1f : -1f));
        var result = NextPeriodTasks.Return(returns, [new("told", told)], 1, Cancellation)!;
        Assert.Equal(200, result.Units);
        Assert.Equal(1, result.Statistics["told"]([]), 12);
        Assert.Null(NextPeriodTasks.Return(new bool[200], [new("told", told)], 1, Cancellation));
    }
}
