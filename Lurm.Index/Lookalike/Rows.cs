using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>Row-major matrices in spans: the checks and means that the scorers share.</summary>
internal static class Rows
{
    /// <summary>How many rows there are; throws where the span holds no whole number of them, or none.</summary>
    public static int Count(ReadOnlySpan<float> rows, int columns, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (rows.IsEmpty || rows.Length % columns != 0)
        {
            throw new ArgumentException($"{rows.Length:N0} numbers are not one or more rows of {columns} columns.", name);
        }

        return rows.Length / columns;
    }

    public static ReadOnlySpan<float> Of(ReadOnlySpan<float> rows, int row, int columns) => rows.Slice(row * columns, columns);

    public static float[] Mean(ReadOnlySpan<float> rows, int columns)
    {
        var count = rows.Length / columns;
        var sum = new float[columns];
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.Add(sum, Of(rows, i, columns), sum);
        }

        TensorPrimitives.Divide(sum, count, sum);
        return sum;
    }
}
