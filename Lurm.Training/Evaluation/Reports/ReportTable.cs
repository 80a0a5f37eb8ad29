using System.Globalization;
using System.Text;
using Lurm.Training.Evaluation.Metrics;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>A table of text: words to the left, numbers to the right.</summary>
internal sealed class ReportTable
{
    // Representations beside each other; more become rows.
    private const int MostColumns = 8;

    /// <summary>Over the table.</summary>
    public required string Title { get; init; }

    /// <summary>Under the title.</summary>
    public string Explanation { get; init; } = string.Empty;

    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Columns of words; all others hold numbers.</summary>
    public IReadOnlySet<int> WordColumns { get; init; } = new HashSet<int> { 0 };

    public List<string[]> Rows { get; } = [];

    /// <summary>The tables of a report, in reading order.</summary>
    public static IEnumerable<ReportTable> Of(EvaluationReport report)
    {
        foreach (var section in report.Sections)
        {
            yield return OfSection(section);
        }

        if (report.LookalikeScorers.Count > 0)
        {
            var table = new ReportTable
            {
                Title = "Lookalike by scorer",
                Explanation = "Means over the reported targets. The scorer of each representation is chosen by its AUC on other targets, the validation column.",
                WordColumns = new HashSet<int> { 0, 1 },
                Columns = ["representation", "scorer", "validation AUC", .. report.LookalikeMeasures],
            };
            foreach (var row in report.LookalikeScorers)
            {
                table.Rows.Add([row.Representation, row.Scorer, Number(row.ValidationAuc), .. row.Values.Select(Number)]);
            }

            yield return table;
        }
    }

    /// <summary>The table as monospaced text.</summary>
    public string ToText()
    {
        var widths = Columns.Select((name, c) => Math.Max(name.Length, Rows.Count == 0 ? 0 : Rows.Max(row => row[c].Length))).ToArray();
        var text = new StringBuilder();
        text.AppendLine(Title);
        if (Explanation.Length > 0)
        {
            text.AppendLine(Explanation);
        }

        Append(text, Columns, widths);
        text.AppendLine(string.Join("  ", widths.Select(width => new string('-', width))));
        foreach (var row in Rows)
        {
            Append(text, row, widths);
        }

        return text.ToString();
    }

    /// <summary>Three decimals; a dash where there is no number.</summary>
    public static string Number(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "-";

    /// <summary>A number and its interval.</summary>
    public static string Interval(Estimate estimate) =>
        double.IsFinite(estimate.Low) ? $"{Number(estimate.Value)} [{Number(estimate.Low)}, {Number(estimate.High)}]" : Number(estimate.Value);

    private static ReportTable OfSection(ReportSection section)
    {
        var names = section.Rows.SelectMany(row => row.Cells).Select(cell => cell.Representation).Distinct().ToArray();
        if (names.Length > MostColumns)
        {
            return Turned(section, names);
        }

        var subject = names.Contains(Representation.Lurm) ? Representation.Lurm : names.FirstOrDefault(name => name == Evaluator.Unseen) ?? string.Empty;
        var ratios = section.Rows.SelectMany(row => row.Cells)
            .Where(cell => cell.Representation == subject)
            .SelectMany(cell => cell.Ratios)
            .Select(ratio => ratio.Over)
            .Distinct()
            .ToArray();
        var table = new ReportTable
        {
            Title = section.Title,
            Explanation = section.Explanation,
            WordColumns = new HashSet<int> { 0, 1 },
            Columns = ["task", "measure", "units", .. names, .. ratios.Select(over => $"{subject} / {over}")],
        };
        foreach (var row in section.Rows)
        {
            var cells = row.Cells.ToDictionary(cell => cell.Representation);
            table.Rows.Add([
                row.Task,
                row.Measure,
                string.Create(CultureInfo.InvariantCulture, $"{row.Units} {row.Unit}"),
                .. names.Select(name => cells.TryGetValue(name, out var cell) ? Number(cell.Value.Value) : "-"),
                .. ratios.Select(over => cells.TryGetValue(subject, out var cell) && cell.Ratios.FirstOrDefault(ratio => ratio.Over == over) is { } ratio ? Interval(ratio.Value) : "-"),
            ]);
        }

        return table;
    }

    /// <summary>A row per representation and a column per measure, where there are too many representations for columns.</summary>
    private static ReportTable Turned(ReportSection section, string[] names)
    {
        var table = new ReportTable
        {
            Title = section.Title,
            Explanation = section.Explanation,
            Columns = ["representation", .. section.Rows.Select(row => $"{row.Task}, {row.Measure}")],
        };
        foreach (var name in names)
        {
            table.Rows.Add([name, .. section.Rows.Select(row => row.Cells.FirstOrDefault(cell => cell.Representation == name) is { } cell ? Number(cell.Value.Value) + Mark(cell) : "-")]);
        }

        return table;
    }

    /// <summary>Whether the first ratio's interval lies above 1 or below it.</summary>
    private static string Mark(ReportCell cell) => cell.Ratios switch
    {
        [{ Value.Low: > 1 }, ..] => " +",
        [{ Value.High: < 1 }, ..] => " −",
        [] => string.Empty,
        _ => "  ",
    };

    private void Append(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        var padded = cells.Select((cell, c) => WordColumns.Contains(c) ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
        text.AppendLine(string.Join("  ", padded).TrimEnd());
    }
}
