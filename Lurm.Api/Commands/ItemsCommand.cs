using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm items</c>.</summary>
internal static class ItemsCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var file = new Argument<string>("FILE") { Description = "CSV, TSV, NDJSON or Parquet, plain or .gz; one row an item." };
        var item = new Option<string>("--item") { Description = "The item's id.", HelpName = "COL", DefaultValueFactory = _ => "item" };
        var title = new Option<string?>("--title") { Description = "The item's text.", HelpName = "COL" };
        var category = new Option<string?>("--category") { Description = "The item's category.", HelpName = "COL" };
        var vector = new Option<string?>("--vector") { Description = "The item's own vector.", HelpName = "COL" };
        var delimiter = DelimiterOption.Create();
        var json = CommandExtensions.Json();
        return new Command("items", "Take item texts, categories and vectors from a file.") { database, file, item, title, category, vector, delimiter, json }
            .Does((parsed, cancellationToken) =>
            {
                var mapping = new ItemMapping
                {
                    IdColumn = parsed.GetRequiredValue(item),
                    TitleColumn = parsed.GetValue(title),
                    CategoryColumn = parsed.GetValue(category),
                    VectorColumn = parsed.GetValue(vector),
                    Delimiter = DelimiterOption.Read(parsed.GetValue(delimiter)),
                };
                using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
                var report = lurm.ImportItems(parsed.GetRequiredValue(file), mapping, cancellationToken);
                Print(shell, report, "items", parsed.GetValue(json));
            });
    }

    internal static void Print(Shell shell, ImportReport report, string what, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Write(shell, report);
            return;
        }

        shell.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Rows:N0} rows in {report.Elapsed.TotalSeconds:F1} s: {report.Added:N0} {what} added, {report.Changed:N0} changed."));
    }
}
