using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm ingest</c>.</summary>
internal static class IngestCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var files = new Argument<string[]>("FILE")
        {
            Description = "CSV, TSV, NDJSON or Parquet, plain or .gz.",
            Arity = ArgumentArity.OneOrMore,
        };
        var mapping = new MappingOptions();
        var onError = new Option<string>("--on-error")
        {
            Description = "What to do with a row that has no user, item or time: stop refuses the batch and names the row, skip counts and lists it.",
            DefaultValueFactory = _ => "stop",
        }.AcceptOnlyFromAmong("stop", "skip");
        var batchId = new Option<string?>("--batch-id")
        {
            Description = "Names the batch, which is taken once. Default: from the files' bytes and the mapping.",
            HelpName = "ID",
        };
        var json = CommandExtensions.Json();

        var command = new Command("ingest", "Take behaviour events from files; the same batch again adds nothing.") { database, files };
        mapping.AddTo(command);
        command.Add(onError);
        command.Add(batchId);
        command.Add(json);
        return command.Does((parsed, cancellationToken) =>
        {
            var read = mapping.Read(parsed);
            var options = new IngestOptions
            {
                OnError = parsed.GetValue(onError) == "skip" ? RowErrorAction.Skip : RowErrorAction.Stop,
                BatchId = parsed.GetValue(batchId),
            };
            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            IngestReport report;
            using (var line = new ProgressLine(shell))
            {
                report = lurm.IngestFiles(parsed.GetRequiredValue(files), read, options, new Reporter(line), cancellationToken);
            }

            if (parsed.GetValue(json))
            {
                JsonOutput.Write(shell, report);
                return;
            }

            Print(shell, report);
        });
    }

    private static void Print(Shell shell, IngestReport report)
    {
        if (report.AlreadyIngested)
        {
            shell.Output.WriteLine($"Already ingested: batch '{report.BatchId}'. Nothing was added.");
            return;
        }

        shell.Output.WriteLine(Text($"{report.Events:N0} events of {report.Rows:N0} rows in {report.Elapsed.TotalSeconds:F1} s; {report.NewUsers:N0} new users, {report.NewItems:N0} new items."));
        foreach (var left in report.LeftOut)
        {
            shell.Output.WriteLine(Text($"  left out by {left.Rule}: {left.Rows:N0}"));
        }

        if (report.Suppressed > 0)
        {
            shell.Output.WriteLine(Text($"  left out because their users were erased: {report.Suppressed:N0}"));
        }

        if (report.ErrorRows > 0)
        {
            shell.Output.WriteLine(Text($"  rows in error, skipped: {report.ErrorRows:N0}"));
            foreach (var error in report.FirstErrors)
            {
                shell.Error.WriteLine($"  {error}");
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Reporter(ProgressLine line) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => line.Report(value.Stage, value.Events, value.Fraction);
    }
}
