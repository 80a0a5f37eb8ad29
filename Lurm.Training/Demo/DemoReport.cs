using System.Globalization;
using System.Text;
using Lurm.Training.Evaluation.Reports;

namespace Lurm.Training.Demo;

/// <summary>What a demo did and measured, as a newcomer reads it.</summary>
internal sealed class DemoReport
{
    /// <summary>Stands for the server's address in <see cref="Requests"/>.</summary>
    public const string Address = "{address}";

    /// <summary>The database it made.</summary>
    public required string Database { get; init; }

    /// <summary>The sample it made it from.</summary>
    public required string Sample { get; init; }

    /// <summary>Stages in order: name, time, result.</summary>
    public List<DemoStage> Stages { get; } = [];

    /// <summary>Lines that show one answer of each kind.</summary>
    public List<string> Examples { get; } = [];

    /// <summary>Commands to try next.</summary>
    public List<string> Next { get; } = [];

    /// <summary>Requests to try on the served database; <see cref="Address"/> stands for where it is served.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Recall@10 of the index against exact search.</summary>
    public double Recall { get; set; }

    /// <summary>Mean lift of the audiences against random.</summary>
    public double Lift { get; set; }

    public string ToText()
    {
        var table = new ReportTable { Title = "What happened", WordColumns = new HashSet<int> { 0, 2 }, Columns = ["stage", "took", "result"] };
        foreach (var stage in Stages)
        {
            table.Rows.Add([stage.Name, Duration(stage.Took), stage.Result]);
        }

        var text = new StringBuilder().AppendLine().Append(table.ToText());
        foreach (var (title, lines) in new[] { ("For example", Examples), ("How to go on", Next) })
        {
            text.AppendLine().AppendLine(title);
            foreach (var line in lines)
            {
                text.AppendLine("  " + line);
            }
        }

        return text.ToString();
    }

    private static string Duration(TimeSpan took) => took.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{took.TotalMilliseconds:F1} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:F1} s");
}

/// <summary>One stage of a demo.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Took">How long; of one question where there were many.</param>
/// <param name="Result">What came of it.</param>
internal sealed record DemoStage(string Name, TimeSpan Took, string Result);
