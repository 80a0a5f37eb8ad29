using System.CommandLine;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm backup</c>.</summary>
internal static class BackupCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var file = new Argument<string>("FILE") { Description = "Where to; it must not exist." };
        return new Command("backup", "Copy the database as of one moment, while others use it.") { database, file }.Does((parsed, cancellationToken) =>
        {
            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            lurm.Backup(parsed.GetRequiredValue(file), cancellationToken);
            shell.Output.WriteLine($"Wrote '{parsed.GetRequiredValue(file)}'.");
        });
    }
}
