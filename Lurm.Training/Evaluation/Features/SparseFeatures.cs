namespace Lurm.Training.Evaluation.Features;

/// <summary>Features of which most are zero: rows of ascending columns and their values (CSR).</summary>
internal sealed class SparseFeatures : FeatureMatrix
{
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly float[] _values;

    /// <param name="columns">Features.</param>
    /// <param name="starts">Where each row begins, and where the last ends; one more than there are rows.</param>
    /// <param name="indices">Columns, ascending within a row.</param>
    /// <param name="values">Their values.</param>
    public SparseFeatures(int columns, int[] starts, int[] indices, float[] values)
    {
        Columns = columns;
        _starts = starts;
        _columns = indices;
        _values = values;
    }

    public override int Rows => _starts.Length - 1;

    public override int Columns { get; }

    /// <summary>Values that are not zero.</summary>
    public int NonZeros => _starts[^1];

    public ReadOnlySpan<int> ColumnsOf(int row) => _columns.AsSpan(_starts[row].._starts[row + 1]);

    public ReadOnlySpan<float> ValuesOf(int row) => _values.AsSpan(_starts[row].._starts[row + 1]);

    public override void Multiply(ReadOnlySpan<int> rows, ReadOnlySpan<double> vector, Span<double> products)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var columns = ColumnsOf(rows[i]);
            var values = ValuesOf(rows[i]);
            var sum = 0.0;
            for (var k = 0; k < columns.Length; k++)
            {
                sum += values[k] * vector[columns[k]];
            }

            products[i] = sum;
        }
    }

    public override void Combine(ReadOnlySpan<int> rows, ReadOnlySpan<double> scales, Span<double> sum)
    {
        sum.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            var columns = ColumnsOf(rows[i]);
            var values = ValuesOf(rows[i]);
            for (var k = 0; k < columns.Length; k++)
            {
                sum[columns[k]] += scales[i] * values[k];
            }
        }
    }

    /// <summary>Rows and columns changed over: a row per column, listing the rows that have it.</summary>
    public SparseFeatures Transpose()
    {
        var starts = new int[Columns + 1];
        foreach (var column in _columns.AsSpan(0, NonZeros))
        {
            starts[column + 1]++;
        }

        for (var column = 0; column < Columns; column++)
        {
            starts[column + 1] += starts[column];
        }

        var next = starts.AsSpan(0, Columns).ToArray();
        var rows = new int[NonZeros];
        var values = new float[NonZeros];
        for (var row = 0; row < Rows; row++)
        {
            for (var k = _starts[row]; k < _starts[row + 1]; k++)
            {
                var at = next[_columns[k]]++;
                rows[at] = row;
                values[at] = _values[k];
            }
        }

        return new SparseFeatures(Rows, starts, rows, values);
    }
}
