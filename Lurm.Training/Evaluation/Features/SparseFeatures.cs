using Lurm.Training.Algebra;

namespace Lurm.Training.Evaluation.Features;

/// <summary>Features of which most are zero.</summary>
/// <param name="matrix">A row per user, columns ascending within a row; taken over, not copied.</param>
internal sealed class SparseFeatures(SparseRows matrix) : FeatureMatrix
{
    public override int Rows => Matrix.Count;

    public override int Columns => Matrix.Columns;

    /// <summary>The rows themselves.</summary>
    public SparseRows Matrix { get; } = matrix;

    public ReadOnlySpan<int> ColumnsOf(int row) => Matrix.Keys(row);

    public ReadOnlySpan<float> ValuesOf(int row) => Matrix.Values(row);

    public override void CopyRow(int row, Span<float> target)
    {
        target.Clear();
        for (var k = 0; k < ColumnsOf(row).Length; k++)
        {
            target[ColumnsOf(row)[k]] = ValuesOf(row)[k];
        }
    }

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
}
