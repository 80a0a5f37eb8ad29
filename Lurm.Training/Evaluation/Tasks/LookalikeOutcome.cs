namespace Lurm.Training.Evaluation.Tasks;

/// <summary>What <see cref="LookalikeTask"/> measured.</summary>
internal sealed class LookalikeOutcome
{
    /// <summary>How many targets are reported.</summary>
    public required int Targets { get; init; }

    /// <summary>One per measure, with the chosen scorer of each representation.</summary>
    public required TaskResult[] Tasks { get; init; }

    /// <summary>Every scorer of every representation.</summary>
    public List<LookalikeRow> Rows { get; } = [];

    /// <summary>Mean lift by audience size, sizes as <see cref="LookalikeTask.CurvePercents"/>, of each representation's chosen scorer.</summary>
    public Dictionary<string, double[]> Curves { get; } = [];
}

/// <summary>One scorer on one representation.</summary>
/// <param name="Representation">Its name.</param>
/// <param name="Scorer">Its name.</param>
/// <param name="ValidationAuc">Mean AUC on the targets that scorers are chosen on.</param>
/// <param name="Values">Means over the reported targets, in the order of <see cref="LookalikeOutcome.Tasks"/>.</param>
internal sealed record LookalikeRow(string Representation, string Scorer, double ValidationAuc, double[] Values);
