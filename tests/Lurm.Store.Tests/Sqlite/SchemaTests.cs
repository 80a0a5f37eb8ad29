using System.Text.RegularExpressions;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Sqlite;

public sealed class SchemaTests
{
    [Fact]
    public void Whoever_opens_the_file_with_any_SQLite_tool_reads_what_every_table_and_column_means()
    {
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["db"]);
        using var read = database.Connections.Read();
        using var tables = read.Session.Prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        using var columns = read.Session.Prepare("SELECT name FROM pragma_table_xinfo(?1)");
        var seen = 0;
        while (tables.Step())
        {
            // SQLite keeps a statement's comments only where they stand inside it.
            var (table, lines) = (tables.Text(0)!, tables.Text(1)!.Split('\n'));
            Assert.Matches("^    -- .{20}", lines[1]);
            columns.BindText(1, table);
            while (columns.Step())
            {
                var column = columns.Text(0)!;
                var line = Assert.Single(lines, line => Regex.IsMatch(line, $"^    {column} "));
                Assert.True(Regex.IsMatch(line, " -- .{4}"), $"{table}.{column} has no comment");
                seen++;
            }

            columns.Reset();
        }

        Assert.InRange(seen, 80, int.MaxValue);
    }
}
