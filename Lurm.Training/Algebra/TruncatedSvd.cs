using System.Numerics.Tensors;
using static TorchSharp.torch;

namespace Lurm.Training.Algebra;

/// <summary>The largest singular values of a sparse matrix and their right singular vectors, by randomised subspace iteration.</summary>
/// <remarks>
/// Z ← orth(AᵀA·Z) a few times, then Rayleigh–Ritz (Halko, Martinsson and Tropp, arXiv:0909.4061, algorithm 4.4 on the Gram side).
/// Works on the shorter side: fewer rows than columns are handled by their transpose. Cost O(iterations · nonzeros · (rank + 16)). The same seed gives the same bits on any number of cores.
/// </remarks>
internal static class TruncatedSvd
{
    private const int Oversampling = 16;

    /// <summary>Partial sums: fixed, so that floating-point sums do not depend on the machine's cores.</summary>
    private const int Parts = 4;

    /// <summary>Right singular vectors (row-major, shape [Columns × rank]) and singular values, largest first; zero where the matrix has fewer.</summary>
    public static (float[] Vectors, float[] Values) Compute(SparseRows matrix, int rank, long seed, int iterations = 8, CancellationToken cancellationToken = default)
    {
        if (matrix.Count < matrix.Columns)
        {
            return FromLeft(matrix.Transpose(), rank, seed, iterations, cancellationToken);
        }

        var columns = matrix.Columns;
        var width = Math.Min(rank + Oversampling, columns);
        var random = SplitMix.Of(seed, 0x5FD);
        var basis = new float[(long)columns * width];
        for (var i = 0; i < basis.Length; i++)
        {
            basis[i] = (float)random.NextGaussian();
        }

        basis = Orthonormal(basis, columns, width);
        for (var i = 1; i < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            basis = Orthonormal(MultiplyGram(matrix, basis, width), columns, width);
        }

        return RayleighRitz(basis, MultiplyGram(matrix, basis, width), columns, width, rank);
    }

    /// <summary>V = Aᵀ·U / σ, with U the right singular vectors of <paramref name="transposed"/>, which is Aᵀ.</summary>
    private static (float[] Vectors, float[] Values) FromLeft(SparseRows transposed, int rank, long seed, int iterations, CancellationToken cancellationToken)
    {
        var (left, values) = Compute(transposed, rank, seed, iterations, cancellationToken);
        var vectors = transposed.Multiply(left, rank);
        for (var j = 0; j < rank; j++)
        {
            var scale = values[j] > 0 ? Sign(vectors, transposed.Count, rank, j) / values[j] : 0;
            for (var i = 0; i < transposed.Count; i++)
            {
                vectors[(i * rank) + j] *= scale;
            }
        }

        return (vectors, values);
    }

    /// <summary>AᵀA·Z, a row of A at a time.</summary>
    private static float[] MultiplyGram(SparseRows matrix, float[] basis, int width)
    {
        var sums = new float[Parts][];
        Parallel.For(0, Parts, part =>
        {
            var sum = new float[basis.Length];
            var product = new float[width];
            var end = (int)((part + 1L) * matrix.Count / Parts);
            for (var row = (int)((long)part * matrix.Count / Parts); row < end; row++)
            {
                matrix.MultiplyRow(row, basis, product);
                var keys = matrix.Keys(row);
                var values = matrix.Values(row);
                for (var i = 0; i < keys.Length; i++)
                {
                    var target = sum.AsSpan(keys[i] * width, width);
                    TensorPrimitives.MultiplyAdd(product, values[i], target, target);
                }
            }

            sums[part] = sum;
        });
        for (var part = 1; part < Parts; part++)
        {
            TensorPrimitives.Add(sums[0], sums[part], sums[0]);
        }

        return sums[0];
    }

    private static float[] Orthonormal(float[] values, int rows, int width)
    {
        using var scope = NewDisposeScope();
        var (q, _) = linalg.qr(tensor(values, [rows, width]).to(float64));
        return q.to(float32).contiguous().data<float>().ToArray();
    }

    private static (float[] Vectors, float[] Values) RayleighRitz(float[] basis, float[] image, int columns, int width, int rank)
    {
        using var scope = NewDisposeScope();
        var z = tensor(basis, [columns, width]).to(float64);
        var h = z.t().matmul(tensor(image, [columns, width]).to(float64));
        var (eigenvalues, eigenvectors) = linalg.eigh(h.Plus(h.t()).div(Scalars.Real(2)));
        var kept = Math.Min(rank, width);
        var vectors = z.matmul(eigenvectors.flip(1)[.., ..kept]).to(float32).contiguous().data<float>().ToArray();
        var largest = eigenvalues.flip(0)[..kept].clamp_min(Scalars.Real(0)).sqrt().to(float32).contiguous().data<float>().ToArray();
        var result = new float[(long)columns * rank];
        var values = new float[rank];
        for (var j = 0; j < kept && largest[j] > 1e-6f * largest[0]; j++)
        {
            values[j] = largest[j];
            var sign = Sign(vectors, columns, kept, j);
            for (var i = 0; i < columns; i++)
            {
                result[(i * rank) + j] = sign * vectors[(i * kept) + j];
            }
        }

        return (result, values);
    }

    /// <summary>Singular vectors have no sign of their own: the largest component is made positive.</summary>
    private static float Sign(float[] vectors, int columns, int width, int column)
    {
        var largest = 0f;
        for (var i = 0; i < columns; i++)
        {
            var value = vectors[(i * width) + column];
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
        }

        return largest < 0 ? -1 : 1;
    }
}
