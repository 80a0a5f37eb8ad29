using System.Text.Json;
using Lurm.Api.Commands;
using Lurm.Store;
using Lurm.TestKit;

namespace Lurm.Api.Tests.Commands;

public sealed class IngestCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rules_run_in_the_order_of_the_command_line_and_say_what_they_left_out()
    {
        var database = await CreateAsync();
        var file = await WriteAsync(
            "log.csv",
            "who,what,when,n",
            "u1,tea,2025-01-01T00:00:00Z,1",
            ",tea,2025-01-01T00:00:00Z,-1",
            "u2,tea,2025-01-01T00:00:00Z,0");
        string[] columns = ["--user", "who", "--item", "what", "--time", "when"];

        var run = await Cli.InvokeAsync(["ingest", database, file, .. columns, "--where-positive", "n", "--where-present", "who", "--json"]);

        Assert.Equal(0, run.ExitCode);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(1, report.GetProperty("events").GetInt64());
        var rules = report.GetProperty("leftOut").EnumerateArray().Select(rule => (rule.GetProperty("rule").GetString(), rule.GetProperty("rows").GetInt64()));
        Assert.Equal([("where-positive n", 2), ("where-present who", 0)], rules);

        var again = await Cli.InvokeAsync(["ingest", database, file, .. columns, "--where-positive", "n", "--where-present", "who"]);
        Assert.Equal(0, again.ExitCode);
        Assert.StartsWith("Already ingested", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_row_refuses_the_batch_or_is_skipped_and_listed()
    {
        var database = await CreateAsync();
        var file = await WriteAsync("log.csv", "user,item,time", "u1,tea,2025-01-01T00:00:00Z", "u2,,2025-01-01T00:00:00Z");
        string[] ingest = ["ingest", database, file, "--user", "user", "--item", "item", "--time", "time"];

        var stopped = await Cli.InvokeAsync(ingest);
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("3", stopped.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("\"events\": 0", (await Cli.InvokeAsync("stats", database, "--json")).Output, StringComparison.Ordinal);

        var skipped = await Cli.InvokeAsync([.. ingest, "--on-error", "skip"]);
        Assert.Equal(0, skipped.ExitCode);
        Assert.Contains("rows in error, skipped: 1", skipped.Output, StringComparison.Ordinal);
        Assert.Contains("\"events\": 1", (await Cli.InvokeAsync("stats", database, "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_json_has_the_promised_names()
    {
        var stats = JsonDocument.Parse((await Cli.InvokeAsync("stats", await CreateAsync(), "--json")).Output).RootElement;

        foreach (var name in (string[])["users", "items", "events", "periods", "representations", "modelId", "bytes"])
        {
            Assert.True(stats.TryGetProperty(name, out _), name);
        }
    }

    [Theory]
    [InlineData("Country", "Country", "Country", AttributeType.String)]
    [InlineData("country=Country", "country", "Country", AttributeType.String)]
    [InlineData("a:b=Age:number", "a:b", "Age", AttributeType.Number)]
    [InlineData("x:y", "x:y", "x:y", AttributeType.String)]
    [InlineData("joined:date", "joined", "joined", AttributeType.Date)]
    public void An_attribute_is_a_column_a_name_and_a_type(string text, string column, string name, AttributeType type) =>
        Assert.Equal(new AttributeColumn(column, name, type), MappingOptions.ReadAttribute(text));

    [Fact]
    public async Task Online_Retail_is_counted_as_awk_counts_it()
    {
        Assert.SkipUnless(SharedData.TryFind("onlineretail/onlineretail.tsv.gz", out var file), SharedData.Missing);
        var database = await CreateAsync();

        var run = await Cli.InvokeAsync(
            "ingest", database, file, "--user", "CustomerID", "--item", "StockCode", "--title", "Description", "--time", "InvoiceDate", "--attribute", "Country", "--where-present", "CustomerID", "--where-positive", "Quantity");

        Assert.Equal(0, run.ExitCode);
        var stats = JsonDocument.Parse((await Cli.InvokeAsync("stats", database, "--json")).Output).RootElement;
        Assert.Equal((397_924, 4_339, 3_665), (stats.GetProperty("events").GetInt64(), stats.GetProperty("users").GetInt64(), stats.GetProperty("items").GetInt64()));
    }

    private async Task<string> CreateAsync()
    {
        var database = _folder["shop.lurm"];
        Assert.Equal(0, (await Cli.InvokeAsync("create", database)).ExitCode);
        return database;
    }

    private async Task<string> WriteAsync(string name, params string[] lines)
    {
        await File.WriteAllLinesAsync(_folder[name], lines, TestContext.Current.CancellationToken);
        return _folder[name];
    }
}
