using Lurm.Training.Evaluation.Metrics;
using Lurm.Training.Evaluation.Tasks;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>Everything an evaluation measured; what is printed, saved as JSON and drawn.</summary>
internal sealed class EvaluationReport
{
    /// <summary>The database's folder name.</summary>
    public required string Database { get; init; }

    /// <summary>When it was measured, UTC.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>Seed of folds, samples and targets.</summary>
    public required long Seed { get; init; }

    /// <summary>Bootstrap samples behind every interval.</summary>
    public required int BootstrapSamples { get; init; }

    /// <summary>Counts, model, split, versions: name and value, in the order they are shown.</summary>
    public List<ReportFact> Facts { get; } = [];

    /// <summary>What a reader must know to read the numbers.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>Every measured number.</summary>
    public List<ReportSection> Sections { get; } = [];

    /// <summary>Every scorer on every representation.</summary>
    public List<LookalikeRow> LookalikeScorers { get; } = [];

    /// <summary>Names of the values in <see cref="LookalikeScorers"/>.</summary>
    public List<string> LookalikeMeasures { get; } = [];

    /// <summary>Lift by audience size.</summary>
    public LiftCurves? LiftCurves { get; set; }

    /// <summary>The user space in two dimensions.</summary>
    public UserMap? UserMap { get; set; }

    /// <summary>Histories of a few users.</summary>
    public List<HistoryPicture> Histories { get; } = [];
}

/// <summary>A fact about the evaluated data.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">As it is shown.</param>
internal sealed record ReportFact(string Name, string Value);

/// <summary>Numbers that belong into one table.</summary>
/// <param name="Title">Of the table.</param>
/// <param name="Explanation">One or two sentences under the title.</param>
/// <param name="Rows">One per task and measure.</param>
internal sealed record ReportSection(string Title, string Explanation, IReadOnlyList<ReportRow> Rows);

/// <summary>One measure of one task, for every representation.</summary>
/// <param name="Task">What was asked.</param>
/// <param name="Measure">What was measured; larger is better.</param>
/// <param name="Unit">What was resampled.</param>
/// <param name="Units">How many.</param>
/// <param name="Cells">One per representation.</param>
internal sealed record ReportRow(string Task, string Measure, string Unit, int Units, IReadOnlyList<ReportCell> Cells);

/// <summary>One number.</summary>
/// <param name="Representation">Of what.</param>
/// <param name="Value">With its interval.</param>
/// <param name="Ratios">This representation over others, paired by user or target.</param>
/// <param name="Note">The scorer that was chosen, for one.</param>
internal sealed record ReportCell(string Representation, Estimate Value, IReadOnlyList<ReportRatio> Ratios, string? Note);

/// <summary>A ratio of two representations on the same units.</summary>
/// <param name="Over">The other representation.</param>
/// <param name="Value">With its interval.</param>
internal sealed record ReportRatio(string Over, Estimate Value);

/// <summary>Lift curves of the lookalike task.</summary>
/// <param name="Percents">Audience sizes, percent of the candidates.</param>
/// <param name="Lifts">By representation, one per size.</param>
internal sealed record LiftCurves(IReadOnlyList<double> Percents, IReadOnlyDictionary<string, double[]> Lifts);

/// <summary>Users as points.</summary>
/// <param name="Method">How two dimensions were made.</param>
/// <param name="Colouring">What the groups are.</param>
/// <param name="Groups">Names of the groups.</param>
/// <param name="Points">The users.</param>
internal sealed record UserMap(string Method, string Colouring, IReadOnlyList<string> Groups, IReadOnlyList<MapPoint> Points);

/// <summary>One user of the map.</summary>
/// <param name="X">Horizontal place.</param>
/// <param name="Y">Vertical place.</param>
/// <param name="Group">Index into the groups; −1 is none of them.</param>
internal readonly record struct MapPoint(float X, float Y, int Group);

/// <summary>One user's history as a grid.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Interests">Row names.</param>
/// <param name="Periods">Column names.</param>
/// <param name="Counts">By row, then column.</param>
internal sealed record HistoryPicture(string User, IReadOnlyList<string> Interests, IReadOnlyList<string> Periods, IReadOnlyList<int[]> Counts);
