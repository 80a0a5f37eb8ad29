using Lurm.Training.Evaluation.Metrics;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>One measure of one task for several representations, ready to be resampled over its units.</summary>
internal sealed class TaskResult
{
    /// <summary>What is asked of the representations, such as "label gender".</summary>
    public required string Task { get; init; }

    /// <summary>What is measured, such as "AUC"; larger is better.</summary>
    public required string Measure { get; init; }

    /// <summary>What is resampled: users, or targets.</summary>
    public required string Unit { get; init; }

    /// <summary>How many units there are.</summary>
    public required int Units { get; init; }

    /// <summary>The measure of each representation, by name, as the tables list them.</summary>
    public Dictionary<string, Statistic> Statistics { get; } = [];

    /// <summary>What else a reader should know of a representation here, such as the scorer that was chosen.</summary>
    public Dictionary<string, string> Notes { get; } = [];

    /// <summary>The weighted mean of values that each unit has; units without one (NaN) are left out.</summary>
    public static Statistic MeanOf(double[] values) => weights =>
    {
        var sum = 0.0;
        var total = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                continue;
            }

            var weight = weights.IsEmpty ? 1 : weights[i];
            sum += weight * values[i];
            total += weight;
        }

        return sum / total;
    };
}
