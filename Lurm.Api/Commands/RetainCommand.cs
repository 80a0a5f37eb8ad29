using System.CommandLine;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm retain</c>.</summary>
internal static class RetainCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var months = new Option<int>("--months") { Description = "How many months of history stay, counted back from the newest.", HelpName = "N", Required = true }.Between(1, 1_200);
        var json = CommandExtensions.Json();
        return new Command("retain", "Forget what is older than so many months.") { database, months, json }.Does((parsed, cancellationToken) =>
        {
            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            var report = lurm.Retain(parsed.GetValue(months), cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(shell, report);
                return;
            }

            shell.Output.WriteLine(report.ToString());
        });
    }
}
