namespace Lurm.Training.Evaluation.Features;

/// <summary>One row of features per user, whatever holds them; what a linear probe and a scorer need of it.</summary>
/// <remarks>Immutable, so any number of threads may read it.</remarks>
internal abstract class FeatureMatrix
{
    /// <summary>Users.</summary>
    public abstract int Rows { get; }

    /// <summary>Features.</summary>
    public abstract int Columns { get; }

    /// <summary><c>products[i] = row(rows[i]) · vector</c>.</summary>
    public abstract void Multiply(ReadOnlySpan<int> rows, ReadOnlySpan<double> vector, Span<double> products);

    /// <summary><c>sum = Σ scales[i] · row(rows[i])</c>; <paramref name="sum"/> is overwritten.</summary>
    public abstract void Combine(ReadOnlySpan<int> rows, ReadOnlySpan<double> scales, Span<double> sum);

    /// <summary>Writes one row out.</summary>
    /// <param name="row">Which.</param>
    /// <param name="target">Shape [Columns]; overwritten.</param>
    public abstract void CopyRow(int row, Span<float> target);

    /// <summary>The sum of the given rows.</summary>
    public double[] Sum(ReadOnlySpan<int> rows)
    {
        var ones = new double[rows.Length];
        Array.Fill(ones, 1);
        var sum = new double[Columns];
        Combine(rows, ones, sum);
        return sum;
    }
}
