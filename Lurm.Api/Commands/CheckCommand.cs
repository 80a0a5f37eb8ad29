using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm check</c>.</summary>
internal static class CheckCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var repair = new Option<bool>("--repair") { Description = "Drop what is damaged and can be made again, such as index snapshots." };
        var json = CommandExtensions.Json();
        var command = new Command("check", "Verify the whole database: pages, checksums, counts.") { database, repair, json };
        command.SetAction(async (parsed, cancellationToken) => await Task.Run(
            () =>
            {
                using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
                var report = lurm.Check(parsed.GetValue(repair), cancellationToken);
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(shell, report);
                }
                else
                {
                    Print(shell, report);
                }

                return report.IsClean ? ExitCode.Done : ExitCode.Failed;
            },
            cancellationToken));
        return command;
    }

    private static void Print(Shell shell, CheckReport report)
    {
        foreach (var problem in report.Problems)
        {
            shell.Error.WriteLine($"lurm: {problem.Area}: {problem.Message}{(problem.IsRepaired ? " (repaired)" : string.Empty)}");
        }

        var checkedText = string.Create(CultureInfo.InvariantCulture, $"{report.Users:N0} users, {report.HistoryRows:N0} history rows, {report.Events:N0} events in {report.Elapsed.TotalSeconds:F1} s");
        shell.Output.WriteLine(report.Problems.Count == 0 ? $"In order: {checkedText}." : $"{report.Problems.Count} problems in {checkedText}.");
    }
}
