using CsCheck;
using Lurm.Training.Algebra;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Evaluation;

public sealed class SparseTests
{
    [Fact]
    public void Sparse_rows_multiply_and_combine_as_dense_ones_do() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Gen.Int[0, 1000]).Sample((rows, columns, seed) =>
        {
            var values = Values(rows, columns, seed);
            var sparse = ToSparse(rows, columns, values);
            var dense = new DenseFeatures(rows, columns, values);
            var random = new SampleRandom(seed, 1);
            var asked = Enumerable.Range(0, rows).Where(_ => random.Next(3) > 0).ToArray();
            var vector = Enumerable.Range(0, columns).Select(_ => random.NextNormal()).ToArray();
            var scales = asked.Select(_ => random.NextNormal()).ToArray();
            Assert.Equal(Multiply(dense, asked, vector), Multiply(sparse, asked, vector), (a, b) => Math.Abs(a - b) < 1e-4);
            Assert.Equal(Combine(dense, asked, scales), Combine(sparse, asked, scales), (a, b) => Math.Abs(a - b) < 1e-4);
        });

    [Fact]
    public void Random_projection_keeps_cosines_within_its_error()
    {
        var values = Values(40, 60, 5);
        var sparse = ToSparse(40, 60, values);
        var exact = DenseFeatures.UnitRows(40, 60, (float[])values.Clone());
        var projected = Baselines.RandomProjection(sparse, 1024, seed: 2);
        var worst = 0.0;
        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < i; j++)
            {
                worst = Math.Max(worst, Math.Abs(Dot(exact[i], exact[j]) - Dot(projected[i], projected[j])));
            }
        }

        // The error of a cosine is about 1 / √1024 = 0.03 a pair; the worst of 780 stays below five of it.
        Assert.InRange(worst, 0.01, 0.16);
    }

    internal static SparseFeatures ToSparse(int rows, int columns, float[] values)
    {
        var matrix = new SparseRows(columns);
        for (var row = 0; row < rows; row++)
        {
            int[] keys = [.. Enumerable.Range(0, columns).Where(column => values[(row * columns) + column] != 0)];
            matrix.Add(keys, Array.ConvertAll(keys, column => values[(row * columns) + column]));
        }

        return new SparseFeatures(matrix);
    }

    private static float[] Values(int rows, int columns, int seed)
    {
        var random = new SampleRandom(seed, 0);
        return Enumerable.Range(0, rows * columns).Select(_ => random.Next(3) == 0 ? (float)random.NextNormal() : 0).ToArray();
    }

    private static double[] Multiply(FeatureMatrix features, int[] rows, double[] vector)
    {
        var products = new double[rows.Length];
        features.Multiply(rows, vector, products);
        return products;
    }

    private static double[] Combine(FeatureMatrix features, int[] rows, double[] scales)
    {
        var sum = new double[features.Columns];
        features.Combine(rows, scales, sum);
        return sum;
    }

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * (double)right[i];
        }

        return sum;
    }
}
