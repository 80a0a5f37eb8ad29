using CsCheck;
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
    public void Transposing_twice_gives_the_rows_back()
    {
        var sparse = ToSparse(7, 5, Values(7, 5, 3));
        var back = sparse.Transpose().Transpose();
        for (var row = 0; row < 7; row++)
        {
            Assert.Equal(sparse.ColumnsOf(row), back.ColumnsOf(row));
            Assert.Equal(sparse.ValuesOf(row), back.ValuesOf(row));
        }
    }

    [Fact]
    public void Singular_values_and_subspace_are_those_of_the_full_decomposition()
    {
        const int Rows = 60;
        const int Columns = 25;
        var values = Values(Rows, Columns, 9);
        var sparse = ToSparse(Rows, Columns, values);
        var svd = TruncatedSvd.Fit(sparse, 5, seed: 1, TestContext.Current.CancellationToken);

        var gram = new double[Columns, Columns];
        for (var i = 0; i < Columns; i++)
        {
            for (var j = 0; j < Columns; j++)
            {
                for (var row = 0; row < Rows; row++)
                {
                    gram[i, j] += values[(row * Columns) + i] * (double)values[(row * Columns) + j];
                }
            }
        }

        var (eigenvalues, _) = SymmetricEigen.Solve(gram);
        for (var component = 0; component < 5; component++)
        {
            Assert.Equal(Math.Sqrt(eigenvalues[component]), svd.SingularValues[component], 1e-3);

            // A right singular vector v satisfies XᵀX v = σ² v.
            for (var i = 0; i < Columns; i++)
            {
                var product = 0.0;
                for (var j = 0; j < Columns; j++)
                {
                    product += gram[i, j] * svd.Vectors[(j * 5) + component];
                }

                Assert.Equal(eigenvalues[component] * svd.Vectors[(i * 5) + component], product, 0.05);
            }
        }
    }

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

    [Fact]
    public void Eigenvalues_of_a_known_matrix()
    {
        var (values, vectors) = SymmetricEigen.Solve(new double[,] { { 2, 1 }, { 1, 2 } });
        Assert.Equal(3, values[0], 12);
        Assert.Equal(1, values[1], 12);
        Assert.Equal(Math.Sqrt(0.5), Math.Abs(vectors[0, 0]), 12);
        Assert.Equal(vectors[0, 0], vectors[1, 0], 12);
    }

    internal static SparseFeatures ToSparse(int rows, int columns, float[] values)
    {
        var starts = new int[rows + 1];
        var indices = new List<int>();
        var kept = new List<float>();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (values[(row * columns) + column] is var value && value != 0)
                {
                    indices.Add(column);
                    kept.Add(value);
                }
            }

            starts[row + 1] = indices.Count;
        }

        return new SparseFeatures(columns, starts, [.. indices], [.. kept]);
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
