using System.CommandLine;
using Lurm.Store;
using Lurm.Store.Histories;

namespace Lurm.Api.Commands;

/// <summary><c>lurm create</c>.</summary>
internal static class CreateCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var grain = new Option<PeriodGrain>("--grain")
        {
            Description = "The base period, fixed for the database's life: month or day.",
            DefaultValueFactory = _ => PeriodGrain.Month,
        };
        return new Command("create", "Make a database in an empty or new folder.") { database, grain }.Does((parsed, _) =>
        {
            using var lurm = LurmDatabase.Create(parsed.GetRequiredValue(database), parsed.GetValue(grain));
            shell.Output.WriteLine($"Made '{lurm.Folder}', counting by {lurm.Grain.ToString().ToLowerInvariant()}. Next: lurm ingest.");
        });
    }
}
