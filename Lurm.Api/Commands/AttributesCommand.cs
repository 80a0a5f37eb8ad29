using System.CommandLine;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm attributes</c>.</summary>
internal static class AttributesCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var file = new Argument<string>("FILE") { Description = "CSV, TSV, NDJSON or Parquet, plain or .gz; one row a user." };
        var user = new Option<string>("--user") { Description = "The user's id.", HelpName = "COL", DefaultValueFactory = _ => "user" };
        var attributes = new Option<string[]>("--attribute")
        {
            Description = "A column, the attribute's name and type (string, number, boolean, date).",
            HelpName = "COL[=NAME][:TYPE]",
            Required = true,
        };
        var delimiter = DelimiterOption.Create();
        var json = CommandExtensions.Json();
        return new Command("attributes", "Take user attributes from a file.") { database, file, user, attributes, delimiter, json }.Does((parsed, cancellationToken) =>
        {
            var mapping = new AttributeMapping
            {
                UserColumn = parsed.GetRequiredValue(user),
                Attributes = [.. parsed.GetRequiredValue(attributes).Select(MappingOptions.ReadAttribute)],
                Delimiter = DelimiterOption.Read(parsed.GetValue(delimiter)),
            };
            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            ItemsCommand.Print(shell, lurm.ImportAttributes(parsed.GetRequiredValue(file), mapping, cancellationToken), "users", parsed.GetValue(json));
        });
    }
}
