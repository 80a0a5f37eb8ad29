using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>The lower triangular factor of a symmetric positive definite matrix, for solving systems with it.</summary>
internal sealed class Cholesky
{
    private readonly double[] _factor;
    private readonly int _size;

    private Cholesky(double[] factor, int size)
    {
        _factor = factor;
        _size = size;
    }

    /// <summary>The factor of <paramref name="matrix"/> with <paramref name="ridge"/> added along its diagonal.</summary>
    /// <param name="matrix">Row-major, shape [size × size]; its lower half is read. Positive semidefinite.</param>
    /// <param name="size">Rows.</param>
    /// <param name="ridge">Above 0, by column.</param>
    public static Cholesky Of(float[] matrix, int size, Func<int, double> ridge)
    {
        var factor = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            var row = factor.AsSpan(i * size, size);
            for (var j = 0; j <= i; j++)
            {
                var left = matrix[(i * size) + j] + (i == j ? ridge(i) : 0) - TensorPrimitives.Dot<double>(row[..j], factor.AsSpan(j * size, j));

                // Rounding can take a little more than the ridge away where a column is nearly a sum of others.
                row[j] = i == j ? Math.Sqrt(Math.Max(left, 1e-9)) : left / factor[(j * size) + j];
            }
        }

        return new Cholesky(factor, size);
    }

    /// <summary>The x of matrix · x = <paramref name="right"/>.</summary>
    public float[] Solve(ReadOnlySpan<float> right)
    {
        var x = new double[_size];
        for (var i = 0; i < _size; i++)
        {
            x[i] = (right[i] - TensorPrimitives.Dot<double>(_factor.AsSpan(i * _size, i), x.AsSpan(0, i))) / _factor[(i * _size) + i];
        }

        for (var i = _size - 1; i >= 0; i--)
        {
            x[i] /= _factor[(i * _size) + i];
            TensorPrimitives.MultiplyAdd(_factor.AsSpan(i * _size, i), -x[i], x.AsSpan(0, i), x.AsSpan(0, i));
        }

        return Array.ConvertAll(x, value => (float)value);
    }
}
