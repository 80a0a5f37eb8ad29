using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Probes;
using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Evaluation;

public sealed class LogisticProbeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void One_feature_has_the_answer_that_its_equation_has()
    {
        // Two users at x = +1 (one positive), none else: by symmetry of the loss in w and b, w satisfies λw = Σ(y − p).
        var features = new DenseFeatures(4, 1, [1, 1, -1, -1]);
        var probe = LogisticProbe.Fit(features, [0, 1, 2, 3], [true, true, false, false], penalty: 1, cancellationToken: Cancellation);
        Assert.Equal(0, probe.Intercept, 4);
        var p = 1 / (1 + Math.Exp(-probe.Weights[0]));
        Assert.Equal(probe.Weights[0], 4 * (1 - p), 3);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(10)]
    public void The_gradient_vanishes_at_the_answer_and_slow_descent_finds_no_better(double penalty)
    {
        var (sparse, dense, labels) = Problem(rows: 300, columns: 20, seed: 2);
        var rows = Enumerable.Range(0, 300).ToArray();
        var probe = LogisticProbe.Fit(sparse, rows, labels, penalty, cancellationToken: Cancellation);
        var slow = SlowDescent(dense, labels, penalty);
        var loss = Loss(dense, labels, probe.Weights, probe.Intercept, penalty);
        Assert.True(loss <= Loss(dense, labels, slow.Weights, slow.Intercept, penalty) + 1e-3, $"the probe's loss is {loss}, slow descent's is lower");
        for (var column = 0; column < 20; column++)
        {
            Assert.Equal(slow.Weights[column], probe.Weights[column], 0.02);
        }
    }

    [Fact]
    public void Sparse_and_dense_features_of_the_same_values_give_the_same_probe()
    {
        var (sparse, dense, labels) = Problem(rows: 200, columns: 15, seed: 4);
        var rows = Enumerable.Range(0, 150).ToArray();
        var left = LogisticProbe.Fit(sparse, rows, labels, 1, cancellationToken: Cancellation);
        var right = LogisticProbe.Fit(dense, rows, labels, 1, cancellationToken: Cancellation);
        var others = Enumerable.Range(150, 50).ToArray();
        Assert.All(left.Predict(sparse, others).Zip(right.Predict(dense, others)), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void A_warm_start_ends_where_a_cold_one_does()
    {
        var (sparse, _, labels) = Problem(rows: 300, columns: 20, seed: 6);
        var rows = Enumerable.Range(0, 300).ToArray();
        var cold = LogisticProbe.Fit(sparse, rows, labels, 0.1, cancellationToken: Cancellation);
        var warm = LogisticProbe.Fit(sparse, rows, labels, 0.1, LogisticProbe.Fit(sparse, rows, labels, 10, cancellationToken: Cancellation), Cancellation);
        Assert.All(cold.Weights.Zip(warm.Weights), pair => Assert.Equal(pair.First, pair.Second, 0.01));
    }

    [Fact]
    public void Rows_that_are_not_given_do_not_matter()
    {
        var (sparse, _, labels) = Problem(rows: 100, columns: 10, seed: 8);
        var rows = Enumerable.Range(0, 50).ToArray();
        var before = LogisticProbe.Fit(sparse, rows, labels, 1, cancellationToken: Cancellation);
        var flipped = labels.Select((label, i) => i < 50 ? label : !label).ToArray();
        Assert.Equal(before.Weights, LogisticProbe.Fit(sparse, rows, flipped, 1, cancellationToken: Cancellation).Weights);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_penalty_that_is_not_above_zero_is_refused(double penalty) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LogisticProbe.Fit(new DenseFeatures(1, 1, [1]), [0], [true], penalty, cancellationToken: Cancellation));

    private static (SparseFeatures Sparse, DenseFeatures Dense, bool[] Labels) Problem(int rows, int columns, long seed)
    {
        var random = new SampleRandom(seed, 0);
        var dense = new float[rows * columns];
        var labels = new bool[rows];
        for (var row = 0; row < rows; row++)
        {
            var margin = 0.5;
            for (var k = 0; k < 4; k++)
            {
                var column = random.Next(columns);
                var value = (float)random.NextNormal();
                dense[(row * columns) + column] = value;
                margin += (column % 3 == 0 ? 1.5 : -0.7) * value;
            }

            labels[row] = random.NextDouble() < 1 / (1 + Math.Exp(-margin));
        }

        return (SparseTests.ToSparse(rows, columns, dense), new DenseFeatures(rows, columns, dense), labels);
    }

    private static (double[] Weights, double Intercept) SlowDescent(DenseFeatures features, bool[] labels, double penalty)
    {
        var weights = new double[features.Columns];
        var intercept = 0.0;
        for (var iteration = 0; iteration < 20_000; iteration++)
        {
            var gradient = Array.ConvertAll(weights, weight => penalty * weight);
            var push = 0.0;
            for (var row = 0; row < features.Rows; row++)
            {
                var pull = (1 / (1 + Math.Exp(-Margin(features, row, weights, intercept)))) - (labels[row] ? 1 : 0);
                push += pull;
                for (var column = 0; column < weights.Length; column++)
                {
                    gradient[column] += pull * features[row][column];
                }
            }

            const double Rate = 0.01;
            intercept -= Rate * push;
            for (var column = 0; column < weights.Length; column++)
            {
                weights[column] -= Rate * gradient[column];
            }

            if (Math.Abs(push) + gradient.Sum(Math.Abs) < 1e-6)
            {
                break;
            }
        }

        return (weights, intercept);
    }

    private static double Loss(DenseFeatures features, bool[] labels, double[] weights, double intercept, double penalty)
    {
        var loss = penalty / 2 * weights.Sum(weight => weight * weight);
        for (var row = 0; row < features.Rows; row++)
        {
            loss += Math.Log(1 + Math.Exp((labels[row] ? -1 : 1) * Margin(features, row, weights, intercept)));
        }

        return loss;
    }

    private static double Margin(DenseFeatures features, int row, double[] weights, double intercept)
    {
        for (var column = 0; column < weights.Length; column++)
        {
            intercept += weights[column] * features[row][column];
        }

        return intercept;
    }
}
