using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm recall</c>.</summary>
internal static class RecallCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var k = new Option<int>("--k", "-k") { Description = "Neighbours of each user.", DefaultValueFactory = _ => 10 }.Between(1, 1_000);
        var sample = new Option<int>("--sample") { Description = "Users to ask for.", DefaultValueFactory = _ => 1_000 }.Between(1);
        var seed = new Option<int>("--seed") { Description = "Chooses the sample.", DefaultValueFactory = _ => 1 }.Between(0);
        var json = CommandExtensions.Json();
        return new Command("recall", "How many of the true nearest users the index finds, against exact search.") { database, k, sample, seed, json }.Does((parsed, cancellationToken) =>
        {
            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            var report = lurm.MeasureRecall(parsed.GetValue(k), parsed.GetValue(sample), parsed.GetValue(seed), cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(shell, report);
                return;
            }

            shell.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"recall@{report.K} {report.Recall:F4} over {report.Sample:N0} users"));
        });
    }
}
