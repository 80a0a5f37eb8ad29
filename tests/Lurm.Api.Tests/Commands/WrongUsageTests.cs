using Lurm.TestKit;

namespace Lurm.Api.Tests.Commands;

/// <summary>What goes wrong ends with one clear line on stderr and the right exit code, and damages nothing.</summary>
public sealed class WrongUsageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("no verb of lurm", "nosuch")]
    [InlineData("Expected a verb")]
    [InlineData("--frobnicate", "stats", "x.lurm", "--frobnicate")]
    [InlineData("--user", "ingest", "x.lurm", "events.csv", "--item", "i", "--time", "t")]
    [InlineData("--k is 0; expected 1 to", "similar", "x.lurm", "u1", "-k", "0")]
    [InlineData("--k is 10001; expected 1 to 10000", "similar", "x.lurm", "u1", "-k", "10001")]
    [InlineData("--k", "similar", "x.lurm", "u1", "-k", "many")]
    [InlineData("--filter", "similar", "x.lurm", "u1", "--filter", "Country eq")]
    [InlineData("--size and --percent", "lookalike", "x.lurm", "--seeds", "s.txt", "--size", "10", "--percent", "1")]
    [InlineData("--band is '2-1'", "lookalike", "x.lurm", "--seeds", "s.txt", "--band", "2-1")]
    [InlineData("--percent is 0", "lookalike", "x.lurm", "--seeds", "s.txt", "--percent", "0")]
    [InlineData("one of --seeds", "lookalike", "x.lurm", "--size", "10")]
    [InlineData("--vectors", "export", "x.lurm")]
    [InlineData(".csv or .parquet", "export", "x.lurm", "--vectors", "v.txt")]
    [InlineData("--users FILE or --filter", "erase", "x.lurm")]
    [InlineData("--months is 0", "retain", "x.lurm", "--months", "0")]
    [InlineData("--threads is -1; expected 0 to 1024", "embed", "x.lurm", "--threads", "-1")]
    [InlineData("no API keys", "serve", "x.lurm", "--urls", "http://0.0.0.0:5080")]
    public async Task A_wrong_command_line_is_told_in_one_line_and_exits_2(string told, params string[] args)
    {
        var run = await Cli.InvokeAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(told, run.ErrorLine, StringComparison.Ordinal);
        Assert.StartsWith("lurm: ", run.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_in_one_line_and_exits_1()
    {
        var database = _folder["shop.lurm"];
        Assert.Equal(0, (await Cli.InvokeAsync("create", database)).ExitCode);
        var empty = _folder["empty.csv"];
        await File.WriteAllTextAsync(empty, string.Empty, TestContext.Current.CancellationToken);
        var events = _folder["events.csv"];
        await File.WriteAllTextAsync(events, "user,item,time\nu1,tea,2025-01-01T00:00:00Z\n", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_folder["other"]);
        await File.WriteAllTextAsync(_folder["other/lurm.db"], "This is no database, it is a text of more than one hundred bytes, so that nobody takes it for an empty one. ", TestContext.Current.CancellationToken);

        await Fails("events.csv' has no column 'nope'", "ingest", database, events, "--user", "nope", "--item", "item", "--time", "time");
        await Fails("missing.csv", "ingest", database, _folder["missing.csv"], "--user", "user", "--item", "item", "--time", "time");
        await Fails("empty.csv' is empty", "ingest", database, empty, "--user", "user", "--item", "item", "--time", "time");
        await Fails("Make one with 'lurm create'", "stats", _folder["none.lurm"]);
        await Fails("not a SQLite database", "stats", _folder["other"]);
        await Fails("not an empty folder", "create", database);
        await Fails("lurm-train fit", "embed", database);
        await Fails("nobody", "export", database, "--user", "nobody");
        await Fails("missing.txt", "erase", database, "--users", _folder["missing.txt"]);

        await Fails("empty.csv' is empty", "erase", database, "--users", empty);
        await Fails("empty.csv' is empty", "lookalike", database, "--seeds", empty);

        var stats = await Cli.InvokeAsync("stats", database, "--json");
        Assert.Contains("\"events\": 0", stats.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_executable_itself_ends_with_these_codes()
    {
        var unknown = await Cli.ProcessAsync("nosuch");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("nosuch", unknown.ErrorLine, StringComparison.Ordinal);

        var missing = await Cli.ProcessAsync("stats", _folder["none.lurm"]);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("none.lurm", missing.ErrorLine, StringComparison.Ordinal);

        var help = await Cli.ProcessAsync("similar", "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("lurm similar", help.Output, StringComparison.Ordinal);
    }

    private static async Task Fails(string told, params string[] args)
    {
        var run = await Cli.InvokeAsync(args);
        Assert.Contains(told, run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
    }
}
