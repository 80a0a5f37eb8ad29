using System.CommandLine;
using Lurm.Store;
using Lurm.Training.Evaluation;
using Lurm.Training.Evaluation.Reports;

namespace Lurm.Training.Commands;

/// <summary><c>lurm-train evaluate</c>: what the representations of a database keep, and what they are good for.</summary>
internal static class EvaluateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var defaults = new EvaluationOptions();
        var folder = new Argument<string>("DB") { Description = "The database's folder." };
        var labels = new Option<string?>("--labels") { Description = "A file of labels with a header: a user column, then labels." };
        var labelUser = new Option<string?>("--label-user") { Description = "The user's column of that file; the first if not given." };
        var label = new Option<string[]>("--label") { Description = "Predict this label or attribute only; may be repeated." };
        var users = new Option<int>("--users") { Description = "Users that take part at most, drawn by seed.", DefaultValueFactory = _ => defaults.Users };
        var targets = new Option<int>("--targets") { Description = "Lookalike targets to report.", DefaultValueFactory = _ => defaults.Targets };
        var queries = new Option<int>("--queries") { Description = "Users whose neighbours are compared.", DefaultValueFactory = _ => defaults.Queries };
        var samples = new Option<int>("--bootstrap") { Description = "Bootstrap samples behind every interval.", DefaultValueFactory = _ => defaults.BootstrapSamples };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same numbers.", DefaultValueFactory = _ => defaults.Seed };
        var baselines = new Option<bool>("--baselines") { Description = "Measure what needs no model only; every item is an interest." };
        var config = new Option<string?>("--config") { Description = "The fit options of the models fitted on the past and without a fifth of the users, as 'fit --config' reads them; if not given, as many interests and anchors as the model that serves." };
        var ablations = new Option<bool>("--ablations") { Description = "Fit and measure variants of the encoder as well." };
        var output = new Option<string?>("--out") { Description = "Folder for evaluation.json and evaluation.html; DB-evaluation if not given." };
        var json = new Option<bool>("--json") { Description = "Print the JSON instead of tables." };
        var command = new Command("evaluate", "Measures the representations against raw bags and other baselines: labels, what comes next, lookalike, neighbours.")
        {
            folder, labels, labelUser, label, users, targets, queries, samples, seed, baselines, config, ablations, output, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new EvaluationOptions
            {
                LabelsFile = parsed.GetValue(labels),
                LabelUserColumn = parsed.GetValue(labelUser),
                Labels = parsed.GetValue(label) ?? [],
                Users = parsed.GetValue(users),
                Targets = parsed.GetValue(targets),
                Queries = parsed.GetValue(queries),
                BootstrapSamples = parsed.GetValue(samples),
                Seed = parsed.GetValue(seed),
                Ablations = parsed.GetValue(ablations),
            };
            var database = parsed.GetValue(folder)!;
            var into = parsed.GetValue(output) ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(database)) + "-evaluation";
            return Task.FromResult(Run(database, options, parsed.GetValue(config), into, parsed.GetValue(baselines), parsed.GetValue(json), cancellationToken));
        });
        return command;
    }

    private static int Run(string folder, EvaluationOptions options, string? config, string output, bool isBaselineOnly, bool asJson, CancellationToken cancellationToken)
    {
        try
        {
            options.Validate();
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine($"lurm-train evaluate: {wrong.Message}");
            return 2;
        }

        try
        {
            // Read before all else: a bad file is told at once, and not after minutes of work.
            if (options.LabelsFile is { } labels)
            {
                LabelFile.Read(labels, options.LabelUserColumn);
            }

            var told = config is null ? null : FitCommand.ReadConfig(config);
            using var database = LurmDatabase.Open(folder);
            var progress = new ReportTo<string>(stage => Console.Error.WriteLine($"  {stage}"));
            var registered = isBaselineOnly ? null : TemporaryModels.Registered(database, cancellationToken);
            using var models = registered is null ? null : new TemporaryModels(database, (told ?? TemporaryModels.Like(registered)) with { Seed = options.Seed }, progress, cancellationToken);
            var report = new Evaluator(database, options, models, progress, cancellationToken).Run(registered);
            Directory.CreateDirectory(output);
            var text = ReportJson.Write(report);
            File.WriteAllText(Path.Combine(output, "evaluation.json"), text);
            File.WriteAllText(Path.Combine(output, "evaluation.html"), HtmlReport.Write(report));
            Console.Write(asJson ? text : Text(report));
            Console.Error.WriteLine($"{Path.Combine(output, "evaluation.html")}");
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("lurm-train evaluate: interrupted; nothing was written.");
            return 1;
        }
        catch (Exception failure) when (failure is StoreException or TrainingException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"lurm-train evaluate: {failure.Message}");
            return failure is TrainingException { Fault: TrainingFault.Invalid } ? 2 : 1;
        }
    }

    private static string Text(EvaluationReport report)
    {
        var facts = report.Facts.Select(fact => $"{fact.Name,-12} {fact.Value}");
        return string.Join('\n', [.. facts, string.Empty, .. ReportTable.Of(report).Select(table => table.ToText()), .. report.Remarks, string.Empty]);
    }
}
