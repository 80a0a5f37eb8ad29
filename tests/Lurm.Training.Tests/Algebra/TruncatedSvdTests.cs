using Lurm.Training.Algebra;

namespace Lurm.Training.Tests.Algebra;

public sealed class TruncatedSvdTests
{
    [Fact]
    public void Vectors_are_orthonormal_and_reach_the_energy_of_the_exact_ones()
    {
        TorchProbe.Load(1);
        var matrix = Random(300, 40, 6);
        var (vectors, values) = TruncatedSvd.Compute(matrix, 5, seed: 1, cancellationToken: TestContext.Current.CancellationToken);
        var (_, all) = TruncatedSvd.Compute(matrix, 40, seed: 2, cancellationToken: TestContext.Current.CancellationToken);

        var total = 0.0;
        for (var row = 0; row < matrix.Count; row++)
        {
            foreach (var value in matrix.Values(row))
            {
                total += value * value;
            }
        }

        Assert.Equal(total, all.Sum(value => (double)value * value), total * 1e-4);
        Assert.Equal(all[..5], values, (a, b) => Math.Abs(a - b) <= 1e-3f * all[0]);
        for (var i = 0; i < 5; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, 40).Sum(k => vectors[(k * 5) + i] * vectors[(k * 5) + j]), 1e-4f);
            }
        }
    }

    [Fact]
    public void Vectors_and_values_solve_the_eigenvalue_problem_of_the_gram_matrix()
    {
        TorchProbe.Load(1);
        const int Columns = 25;
        var matrix = Random(60, Columns, 5);
        var (vectors, values) = TruncatedSvd.Compute(matrix, 5, seed: 1, cancellationToken: TestContext.Current.CancellationToken);

        for (var component = 0; component < 5; component++)
        {
            // A right singular vector v satisfies XᵀX v = σ² v.
            var image = new double[Columns];
            for (var row = 0; row < matrix.Count; row++)
            {
                var product = 0.0;
                for (var i = 0; i < matrix.Keys(row).Length; i++)
                {
                    product += matrix.Values(row)[i] * vectors[(matrix.Keys(row)[i] * 5) + component];
                }

                for (var i = 0; i < matrix.Keys(row).Length; i++)
                {
                    image[matrix.Keys(row)[i]] += product * matrix.Values(row)[i];
                }
            }

            for (var column = 0; column < Columns; column++)
            {
                Assert.Equal(values[component] * values[component] * vectors[(column * 5) + component], image[column], 0.05);
            }
        }
    }

    /// <summary>Solved by the transpose: a wide matrix has the singular values of its transpose, and vectors that solve its own problem.</summary>
    [Fact]
    public void More_columns_than_rows_give_the_values_of_the_transpose_and_unit_vectors_that_reach_them()
    {
        TorchProbe.Load(1);
        const int Columns = 90;
        var matrix = Random(30, Columns, 12);
        var (vectors, values) = TruncatedSvd.Compute(matrix, 5, seed: 1, cancellationToken: TestContext.Current.CancellationToken);
        var (_, ofTranspose) = TruncatedSvd.Compute(matrix.Transpose(), 5, seed: 2, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(ofTranspose, values, (a, b) => Math.Abs(a - b) <= 1e-3f * values[0]);
        var image = matrix.Multiply(vectors, 5);
        for (var component = 0; component < 5; component++)
        {
            Assert.Equal(1, Enumerable.Range(0, Columns).Sum(column => vectors[(column * 5) + component] * vectors[(column * 5) + component]), 1e-3f);
            Assert.Equal(values[component], Math.Sqrt(Enumerable.Range(0, 30).Sum(row => (double)image[(row * 5) + component] * image[(row * 5) + component])), 1e-3 * values[0]);
        }
    }

    [Fact]
    public void Transposing_twice_gives_the_matrix()
    {
        var matrix = Random(20, 9, 4);
        var twice = matrix.Transpose().Transpose();

        Assert.Equal((20, 9), (twice.Count, twice.Columns));
        for (var row = 0; row < 20; row++)
        {
            // The transpose of a transpose has its keys in order; the first may not.
            Assert.Equal(matrix.Keys(row).ToArray().Zip(matrix.Values(row).ToArray()).Order(), twice.Keys(row).ToArray().Zip(twice.Values(row).ToArray()));
        }
    }

    [Fact]
    public void A_rank_beyond_the_matrix_is_filled_with_zeros()
    {
        TorchProbe.Load(1);
        var (vectors, values) = TruncatedSvd.Compute(Random(50, 4, 2), 10, seed: 1, cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(values[..4], value => Assert.True(value > 0));
        Assert.All(values[4..], value => Assert.Equal(0, value));
        Assert.Equal(40, vectors.Length);
    }

    private static SparseRows Random(int rows, int columns, int each)
    {
        var matrix = new SparseRows(columns);
        for (var row = 0; row < rows; row++)
        {
            var random = SplitMix.Of(9, row);
            int[] keys = [.. Enumerable.Range(0, each).Select(_ => random.Next(columns)).Distinct()];
            matrix.Add(keys, Array.ConvertAll(keys, _ => (float)random.NextDouble()));
        }

        return matrix;
    }
}
