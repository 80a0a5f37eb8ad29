using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm adopt</c>.</summary>
internal static class AdoptCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var file = new Argument<string>("FILE") { Description = "What 'lurm embed --publish-to' wrote on a copy of this database." };
        var json = CommandExtensions.Json();
        return new Command("adopt", "Check and publish representations that another machine made of a backup of this database.") { database, file, json }
            .Does((parsed, cancellationToken) =>
            {
                using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
                var report = lurm.AdoptGeneration(parsed.GetRequiredValue(file), cancellationToken);
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(shell, report);
                    return;
                }

                shell.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Generation {report.Generation} of model '{report.ModelId}' is published: {report.Users:N0} users; {report.Dropped:N0} of the file are not here any more and were dropped."));
            });
    }
}
