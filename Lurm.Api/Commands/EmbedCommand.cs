using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm embed</c>.</summary>
internal static class EmbedCommand
{
    public static Command Create(Shell shell)
    {
        var database = new Argument<string?>("DB") { Description = "The database's folder; with --from, none.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Every user, not only those whose history changed." };
        var model = new Option<string?>("--model") { Description = "This model; also the way back to an earlier one.", HelpName = "ID" };
        var device = new Option<string>("--device") { Description = "Where the encoder runs.", DefaultValueFactory = _ => "cpu" }
            .AcceptOnlyFromAmong("cpu", "cuda", "cuda-or-cpu");
        var threads = new Option<int>("--threads") { Description = "Threads that encode and build the index; 0: one per processor. Beside a server on the same machine, 1 leaves it the rest.", HelpName = "N" }.Between(0, 1_024);
        var from = new Option<string?>("--from") { Description = "Embed a backup, on a machine that does not serve it; needs --publish-to.", HelpName = "BACKUP" };
        var publishTo = new Option<string?>("--publish-to") { Description = "Also write what is published to one file, for 'lurm adopt' where the database is served.", HelpName = "FILE" };
        var json = CommandExtensions.Json();
        return new Command("embed", "Encode the users whose history changed, and publish their representations.") { database, all, model, device, threads, from, publishTo, json }
            .Does((parsed, cancellationToken) =>
            {
                var options = new EmbedOptions
                {
                    All = parsed.GetValue(all),
                    ModelId = parsed.GetValue(model),
                    Threads = parsed.GetValue(threads),
                    Device = parsed.GetValue(device) switch
                    {
                        "cuda" => EncoderDevice.Cuda,
                        "cuda-or-cpu" => EncoderDevice.CudaOrCpu,
                        _ => EncoderDevice.Cpu,
                    },
                };
                var (folder, backup, file) = (parsed.GetValue(database), parsed.GetValue(from), parsed.GetValue(publishTo));
                if ((folder is null) == (backup is null) || (backup is not null && file is null))
                {
                    throw new UsageException("Expected a database, or --from with --publish-to.");
                }

                using var copy = backup is null ? null : new BackupCopy(backup, file!);
                using var lurm = LurmDatabase.Open(folder ?? copy!.Folder);
                EmbedReport report;
                using (var line = new ProgressLine(shell))
                {
                    report = lurm.Embed(options, new Reporter(line), cancellationToken);
                }

                if (file is not null)
                {
                    lurm.PublishGeneration(file, cancellationToken);
                }

                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(shell, report);
                    return;
                }

                Print(shell, report);
            });
    }

    private static void Print(Shell shell, EmbedReport report)
    {
        if (report.Fallback is { } reason)
        {
            shell.Error.WriteLine($"lurm: warning: {reason}");
        }

        var generation = report.IsNewGeneration ? "new generation" : "generation";
        shell.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Embedded:N0} users encoded by '{report.ModelId}' on {report.Device} in {report.Elapsed.TotalSeconds:F1} s; {generation} {report.Generation} has {report.Representations:N0} representations."));
        if (report.WithoutInterest > 0)
        {
            shell.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  not indexed, since no interest of their items is known: {report.WithoutInterest:N0}"));
        }
    }

    private sealed class Reporter(ProgressLine line) : IProgress<EmbedProgress>
    {
        public void Report(EmbedProgress value) => line.Report(value.Stage.ToString().ToLowerInvariant(), value.Done, value.Total > 0 ? (double)value.Done / value.Total : 0);
    }
}
