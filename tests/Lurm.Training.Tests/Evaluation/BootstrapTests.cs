using Lurm.Training.Evaluation.Metrics;
using Lurm.Training.Evaluation.Tasks;

namespace Lurm.Training.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void The_spread_of_a_mean_is_its_standard_error()
    {
        var values = Enumerable.Range(0, 400).Select(i => (double)(i % 2)).ToArray();
        var samples = new Bootstrap(values.Length, 2_000, seed: 3).Resample(TaskResult.MeanOf(values), TestContext.Current.CancellationToken);
        var estimate = Bootstrap.Interval(0.5, samples);

        // The standard error of a share of one half among 400 is 0.025; 95 % lie within 1.96 of them.
        Assert.Equal(0.5 - (1.96 * 0.025), estimate.Low, 0.006);
        Assert.Equal(0.5 + (1.96 * 0.025), estimate.High, 0.006);
    }

    [Fact]
    public void Two_statistics_see_the_same_samples()
    {
        var values = Enumerable.Range(0, 50).Select(i => Math.Sqrt(i + 1)).ToArray();
        var bootstrap = new Bootstrap(values.Length, 100, seed: 3);
        var once = bootstrap.Resample(TaskResult.MeanOf(values), TestContext.Current.CancellationToken);
        var twice = bootstrap.Resample(TaskResult.MeanOf(Array.ConvertAll(values, value => 2 * value)), TestContext.Current.CancellationToken);
        Assert.All(once.Zip(twice), pair => Assert.Equal(2, pair.Second / pair.First, 12));
        Assert.True(once.Distinct().Count() > 90);
    }

    [Fact]
    public void A_sample_draws_as_many_units_as_there_are()
    {
        var totals = new Bootstrap(37, 50, seed: 1).Resample(
            weights =>
            {
                var sum = 0.0;
                foreach (var weight in weights)
                {
                    sum += weight;
                }

                return sum;
            },
            TestContext.Current.CancellationToken);
        Assert.All(totals, total => Assert.Equal(37, total));
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.5, 2.5)]
    [InlineData(1.0, 4.0)]
    [InlineData(0.25, 1.75)]
    public void Quantiles_lie_between_the_two_nearest(double share, double expected) =>
        Assert.Equal(expected, Bootstrap.Quantile([1, 2, 3, 4], share), 12);

    [Fact]
    public void Units_without_a_value_are_left_out_of_a_mean() =>
        Assert.Equal(3, TaskResult.MeanOf([2, double.NaN, 4])([]), 12);
}
