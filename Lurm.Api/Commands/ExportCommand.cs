using System.CommandLine;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm export</c>.</summary>
internal static class ExportCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var vectors = new Option<string?>("--vectors") { Description = "Write user ids and representations to this .csv or .parquet file.", HelpName = "FILE" };
        var user = new Option<string?>("--user") { Description = "Print all that is known of one user, as JSON.", HelpName = "ID" };
        return new Command("export", "Representations for other tools, or all that is known of one user.") { database, vectors, user }.Does((parsed, cancellationToken) =>
        {
            var (file, id) = (parsed.GetValue(vectors), parsed.GetValue(user));
            if (file is null == id is null)
            {
                throw new UsageException("Expected --vectors FILE or --user ID, one of the two.");
            }

            if (file is not null && Path.GetExtension(file) is not (".csv" or ".parquet"))
            {
                throw new UsageException($"--vectors is '{file}'; expected a name that ends in .csv or .parquet.");
            }

            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            if (id is not null)
            {
                shell.Output.WriteLine(lurm.ExportUser(id));
                return;
            }

            lurm.ExportVectors(file!, cancellationToken);
            shell.Output.WriteLine($"Wrote '{file}'.");
        });
    }
}
