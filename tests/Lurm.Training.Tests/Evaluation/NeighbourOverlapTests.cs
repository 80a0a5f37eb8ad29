using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Tasks;
using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Evaluation;

public sealed class NeighbourOverlapTests
{
    private static readonly int[] Asked = [0, 17, 79];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Neighbours_are_those_of_a_full_sort_nearest_first_without_oneself()
    {
        var random = new SampleRandom(4, 0);
        var features = DenseFeatures.UnitRows(80, 6, [.. Enumerable.Range(0, 480).Select(_ => (float)random.NextNormal())]);
        var all = Enumerable.Range(0, 80).ToArray();
        var found = NeighbourOverlapTask.Neighbours(features, Asked, Cancellation);
        foreach (var (row, neighbours) in Asked.Zip(found))
        {
            var scores = new double[80];
            features.Multiply(all, features.Sum([row]), scores);
            Assert.Equal(all.Where(other => other != row).OrderByDescending(other => scores[other]).ThenBy(other => other).Take(10), neighbours);
        }
    }

    [Fact]
    public void The_bag_finds_its_own_neighbours_and_noise_finds_few()
    {
        var random = new SampleRandom(6, 0);
        var values = Enumerable.Range(0, 200 * 30).Select(_ => random.Next(5) == 0 ? (float)random.NextDouble() : 0).ToArray();
        var bags = SparseTests.ToSparse(200, 30, values);
        var noise = DenseFeatures.UnitRows(200, 8, [.. Enumerable.Range(0, 1600).Select(_ => (float)random.NextNormal())]);
        var result = NeighbourOverlapTask.Measure(bags, [new("bag", bags), new("noise", noise)], 100, 1, Cancellation)!;
        Assert.Equal(1, result.Statistics["bag"]([]), 12);
        Assert.InRange(result.Statistics["noise"]([]), 0.0, 0.15);
    }
}
