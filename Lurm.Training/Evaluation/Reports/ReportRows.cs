using Lurm.Training.Evaluation.Metrics;
using Lurm.Training.Evaluation.Tasks;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>Turns task results into rows with intervals and paired ratios.</summary>
internal static class ReportRows
{
    /// <param name="task">What was measured.</param>
    /// <param name="over">Representations that every other one is divided by, where they are there.</param>
    /// <param name="samples">Bootstrap samples.</param>
    /// <param name="seed">Of the samples.</param>
    /// <param name="cancellationToken">Checked once per sample.</param>
    public static ReportRow Make(TaskResult task, IReadOnlyList<string> over, int samples, long seed, CancellationToken cancellationToken)
    {
        var bootstrap = new Bootstrap(task.Units, samples, seed);
        var values = task.Statistics.ToDictionary(pair => pair.Key, pair => pair.Value([]));
        var resampled = task.Statistics.ToDictionary(pair => pair.Key, pair => bootstrap.Resample(pair.Value, cancellationToken));
        var cells = task.Statistics.Keys.Select(name => new ReportCell(
            name,
            Bootstrap.Interval(values[name], resampled[name]),
            [.. over.Where(other => other != name && values.ContainsKey(other)).Select(other => new ReportRatio(
                other,
                Bootstrap.Interval(values[name] / values[other], resampled[name].Zip(resampled[other], (mine, theirs) => mine / theirs))))],
            task.Notes.GetValueOrDefault(name)));
        return new ReportRow(task.Task, task.Measure, task.Unit, task.Units, [.. cells]);
    }
}
