using System.Numerics.Tensors;

namespace Lurm.Training.Evaluation.Features;

/// <summary>Features of which most are not zero: a row-major array, shape [Rows × Columns].</summary>
internal sealed class DenseFeatures : FeatureMatrix
{
    // Rows summed in single precision before they join the sum in double precision.
    private const int Block = 64;

    private readonly float[] _values;

    public DenseFeatures(int rows, int columns, float[] values)
    {
        if (values.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{values.Length} values for {rows} × {columns} features; expected {(long)rows * columns}", nameof(values));
        }

        Rows = rows;
        Columns = columns;
        _values = values;
    }

    public override int Rows { get; }

    public override int Columns { get; }

    /// <summary>The features of one user.</summary>
    public ReadOnlySpan<float> this[int row] => _values.AsSpan(row * Columns, Columns);

    /// <summary>Each row scaled to unit length; a row of zeros stays one.</summary>
    public static DenseFeatures UnitRows(int rows, int columns, float[] values)
    {
        for (var row = 0; row < rows; row++)
        {
            var vector = values.AsSpan(row * columns, columns);
            var norm = TensorPrimitives.Norm<float>(vector);
            if (norm > 0)
            {
                TensorPrimitives.Divide(vector, norm, vector);
            }
        }

        return new DenseFeatures(rows, columns, values);
    }

    public override void CopyRow(int row, Span<float> target) => this[row].CopyTo(target);

    public override void Multiply(ReadOnlySpan<int> rows, ReadOnlySpan<double> vector, Span<double> products)
    {
        var single = new float[Columns];
        TensorPrimitives.ConvertTruncating(vector, single);
        for (var i = 0; i < rows.Length; i++)
        {
            products[i] = TensorPrimitives.Dot(this[rows[i]], single);
        }
    }

    public override void Combine(ReadOnlySpan<int> rows, ReadOnlySpan<double> scales, Span<double> sum)
    {
        sum.Clear();
        var block = new float[Columns];
        for (var begin = 0; begin < rows.Length; begin += Block)
        {
            Array.Clear(block);
            for (var i = begin; i < Math.Min(begin + Block, rows.Length); i++)
            {
                TensorPrimitives.MultiplyAdd(this[rows[i]], (float)scales[i], block, block);
            }

            for (var column = 0; column < Columns; column++)
            {
                sum[column] += block[column];
            }
        }
    }
}
