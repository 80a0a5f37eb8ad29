using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lurm.Benchmarks.Training;

/// <summary>Medians over seeds of what <c>lurm-train evaluate</c> measured on one set, as a table and as JSON.</summary>
/// <remarks><c>training-tables SET OUT evaluation.json…</c>, one file per seed; see <c>tables.sh</c>.</remarks>
internal static class TrainingTables
{
    private const string Lurm = "LURM";
    private const string Bag = "sparse bag";
    private const string Svd = "truncated SVD";
    private static readonly string[] Shown = [Bag, Svd, "random projection", Lurm];

    public static int Run(string[] args)
    {
        if (args.Length < 3)
        {
            Console.Error.WriteLine("usage: training-tables SET OUT evaluation.json…");
            return 2;
        }

        var reports = args[2..].Select(file => JsonNode.Parse(File.ReadAllText(file))!).ToArray();
        var seeds = string.Join(", ", reports.Select(report => report["seed"]));
        var facts = reports[0]["facts"]!.AsArray().ToDictionary(fact => (string)fact!["name"]!, fact => (string)fact!["value"]!);
        var text = new StringBuilder($"# {args[0]}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Measured {(string)reports[0]["measuredAt"]!:yyyy-MM-dd}, seeds {seeds}, {reports[0]["bootstrapSamples"]} bootstrap samples, version {facts["version"]}, .NET {Environment.Version}, {Environment.ProcessorCount} cores of {Processor()}.\n");
        text.Append(CultureInfo.InvariantCulture, $"{facts["users"]} users, {facts["events"]} events, {facts["items"]} items, {facts["interests"]} interests; model {Seedless(facts["model"])}.\n");
        text.Append("Medians over the seeds; a ratio's bracket is the median lower bound of its 95 % interval, paired by user or target.\n");
        var saved = new JsonObject { ["set"] = args[0], ["seeds"] = seeds, ["measuredAt"] = (string)reports[0]["measuredAt"]!, ["runtime"] = Environment.Version.ToString(), ["facts"] = reports[0]["facts"]!.DeepClone() };
        var sections = new JsonArray();
        foreach (var title in reports[0]["sections"]!.AsArray().Select(section => (string)section!["title"]!))
        {
            // A section of the first seed alone, as the ablations may be, is a median of one.
            var runs = reports.Select(report => report["sections"]!.AsArray().FirstOrDefault(section => (string)section!["title"]! == title)).OfType<JsonNode>().ToArray();
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{(runs.Length < reports.Length ? $"{runs.Length} of {reports.Length} seeds. " : string.Empty)}{(string)runs[0]["explanation"]!}\n\n");
            sections.Add(Section(title, runs, text));
        }

        saved["sections"] = sections;
        Scorers(reports, text);
        Directory.CreateDirectory(args[1]);
        File.WriteAllText(Path.Combine(args[1], $"{args[0]}.json"), saved.ToJsonString(new JsonSerializerOptions { WriteIndented = false }) + "\n");
        File.WriteAllText(Path.Combine(args[1], $"{args[0]}.md"), text.ToString());
        Console.Write(text);
        return 0;
    }

    private static JsonObject Section(string title, JsonNode[] runs, StringBuilder text)
    {
        var rows = runs[0]["rows"]!.AsArray();
        var names = rows.SelectMany(row => row!["cells"]!.AsArray()).Select(cell => (string)cell!["representation"]!).Distinct().ToArray();
        var isMain = names.Contains(Lurm);
        var columns = isMain ? [.. Shown.Where(names.Contains)] : names;
        var saved = new JsonArray();
        var marks = new Dictionary<(int Row, string Name), string>();
        if (isMain)
        {
            text.Append(CultureInfo.InvariantCulture, $"| task | measure | {string.Join(" | ", columns)} | {Lurm} / bag | {Lurm} / SVD |\n|{string.Concat(Enumerable.Repeat(" --- |", columns.Length + 4))}\n");
        }
        else
        {
            // Few tasks, many variants: variants go down.
            text.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", rows.Select(row => $"{(string)row!["task"]!} {(string)row["measure"]!}"))} |\n|{string.Concat(Enumerable.Repeat(" --- |", rows.Count + 1))}\n");
        }

        foreach (var row in rows)
        {
            var (task, measure) = ((string)row!["task"]!, (string)row["measure"]!);
            var same = runs.Select(run => run["rows"]!.AsArray().FirstOrDefault(other => (string)other!["measure"]! == measure && TaskOf(other) == TaskOf(row))).OfType<JsonNode>().ToArray();
            var line = new JsonObject { ["task"] = task, ["measure"] = measure, ["seeds"] = same.Length };
            foreach (var name in names)
            {
                line[name] = Rounded(Median(same.Select(one => Number(Cell(one, name)?["value"]?["value"]))));
                if (!isMain && Cell(row, name)?["ratios"]?.AsArray().FirstOrDefault()?["value"] is { } ratio)
                {
                    marks[(saved.Count, name)] = Number(ratio["low"]) > 1 ? " +" : Number(ratio["high"]) < 1 ? " −" : string.Empty;
                }
            }

            foreach (var (key, over) in new[] { ("overBag", Bag), ("overSvd", Svd) })
            {
                if (isMain)
                {
                    line[key] = Rounded(Median(same.Select(one => Number(Ratio(one, over)?["value"]))));
                    line[$"{key}Low"] = Rounded(Median(same.Select(one => Number(Ratio(one, over)?["low"]))));
                }
            }

            saved.Add(line);
            if (isMain)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {task}, {row["units"]} {(string)row["unit"]!} | {measure} | {string.Join(" | ", columns.Select(name => Text(line[name]) + Note(row, name)))} | {Text(line["overBag"])} [{Text(line["overBagLow"])}] | {Text(line["overSvd"])} [{Text(line["overSvdLow"])}] |\n");
            }
        }

        if (!isMain)
        {
            foreach (var name in names)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", saved.Select((line, at) => Text(line![name]) + marks.GetValueOrDefault((at, name))))} |\n");
            }
        }

        return new JsonObject { ["title"] = title, ["rows"] = saved };
    }

    /// <summary>Every scorer on the bag and on LURM: how far the default is from the best.</summary>
    private static void Scorers(JsonNode[] reports, StringBuilder text)
    {
        var measures = reports[0]["lookalikeMeasures"]!.AsArray().Select(measure => (string)measure!).ToArray();
        if (measures.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## Lookalike by scorer\n\n| representation | scorer | {string.Join(" | ", measures)} |\n|{string.Concat(Enumerable.Repeat(" --- |", measures.Length + 2))}\n");
        foreach (var row in reports[0]["lookalikeScorers"]!.AsArray())
        {
            var (representation, scorer) = ((string)row!["representation"]!, (string)row["scorer"]!);
            if (Shown.Contains(representation))
            {
                var same = reports.Select(report => report["lookalikeScorers"]!.AsArray().First(other => (string)other!["representation"]! == representation && (string)other["scorer"]! == scorer)!).ToArray();
                text.Append(CultureInfo.InvariantCulture, $"| {representation} | {scorer} | {string.Join(" | ", measures.Select((_, i) => Text(Rounded(Median(same.Select(one => i < one["values"]!.AsArray().Count ? Number(one["values"]![i]) : double.NaN))))))} |\n");
            }
        }
    }

    private static string Processor() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : "an unnamed processor";

    /// <summary>The number of interests asked about may differ by seed; the task does not.</summary>
    private static string TaskOf(JsonNode row) => ((string)row["task"]!).Split('(')[0];

    private static JsonNode? Cell(JsonNode row, string name) => row["cells"]!.AsArray().FirstOrDefault(cell => (string)cell!["representation"]! == name);

    private static JsonNode? Ratio(JsonNode row, string over) => Cell(row, Lurm)?["ratios"]!.AsArray().FirstOrDefault(ratio => (string)ratio!["over"]! == over)?["value"];

    private static string Note(JsonNode row, string name) => (string?)Cell(row, name)?["note"] is { } note ? $" {note}" : string.Empty;

    private static string Seedless(string model) => model.Contains(' ', StringComparison.Ordinal) ? model[(model.IndexOf(' ', StringComparison.Ordinal) + 1)..] : model;

    private static double Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : double.NaN;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static JsonNode? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 4) : null;

    private static string Text(JsonNode? value) => value is null ? "-" : ((double)value).ToString("0.000", CultureInfo.InvariantCulture);
}
