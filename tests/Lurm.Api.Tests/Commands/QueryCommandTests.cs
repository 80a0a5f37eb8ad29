using System.Text.Json;

namespace Lurm.Api.Tests.Commands;

public sealed class QueryCommandTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Similar_prints_a_table_or_the_promised_JSON()
    {
        var table = await Cli.InvokeAsync("similar", _shop.Folder, "u004", "-k", "3", "--explain");
        Assert.Equal(0, table.ExitCode);
        Assert.Equal(4, table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("Tea, sort", table.Output, StringComparison.Ordinal);

        var rows = JsonDocument.Parse((await Cli.InvokeAsync("similar", _shop.Folder, "u004", "-k", "3", "--filter", "Country eq 'Norway'", "--json")).Output).RootElement;
        Assert.Equal(3, rows.GetArrayLength());
        Assert.All(rows.EnumerateArray(), row => Assert.Equal(["id", "score"], row.EnumerateObject().Select(property => property.Name)));

        var nobody = await Cli.InvokeAsync("similar", _shop.Folder, "nobody");
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("nobody", nobody.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lookalike_prints_the_promised_JSON_writes_the_file_and_saves_the_audience()
    {
        var seeds = _shop.Files["seeds.txt"];
        await File.WriteAllLinesAsync(seeds, [.. Enumerable.Range(0, 30).Select(user => Shop.Id(2 * user)), "nobody", "  "], TestContext.Current.CancellationToken);
        var file = _shop.Files["audience.csv"];

        var run = await Cli.InvokeAsync("lookalike", _shop.Folder, "--seeds", seeds, "--size", "20", "--explain", "--out", file, "--audience", "tea", "--json");

        Assert.Equal(0, run.ExitCode);
        var result = JsonDocument.Parse(run.Output).RootElement;
        foreach (var name in (string[])["members", "matchedSeeds", "unmatchedSeeds", "unmatchedSeedIds", "relevanceCurve", "topInterests", "method", "modelId", "asOf"])
        {
            Assert.True(result.TryGetProperty(name, out _), name);
        }

        Assert.Equal((30, 1, "nobody"), (result.GetProperty("matchedSeeds").GetInt32(), result.GetProperty("unmatchedSeeds").GetInt32(), result.GetProperty("unmatchedSeedIds")[0].GetString()));
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal("user_id,score", lines[0]);
        Assert.Equal(result.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("id").GetString()), lines[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(20, lines.Length - 1);

        var again = await Cli.InvokeAsync("lookalike", _shop.Folder, "--from-audience", "tea", "--percent", "5");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("from 20 seeds", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_seeds_are_warned_about_on_the_command_line()
    {
        var seeds = _shop.Files["seeds.txt"];
        await File.WriteAllLinesAsync(seeds, ["u000", "u002"], TestContext.Current.CancellationToken);

        var run = await Cli.InvokeAsync("lookalike", _shop.Folder, "--seeds", seeds, "--size", "5");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recall_vectors_and_erasure_speak_their_promised_names()
    {
        var recall = JsonDocument.Parse((await Cli.InvokeAsync("recall", _shop.Folder, "-k", "5", "--sample", "50", "--json")).Output).RootElement;
        Assert.Equal((5, 50), (recall.GetProperty("k").GetInt32(), recall.GetProperty("sample").GetInt32()));
        Assert.InRange(recall.GetProperty("recall").GetDouble(), 0.9, 1.0);

        Assert.Equal(0, (await Cli.InvokeAsync("export", _shop.Folder, "--vectors", _shop.Files["v.csv"])).ExitCode);
        Assert.StartsWith("user_id,v0,v1,v2", (await File.ReadAllLinesAsync(_shop.Files["v.csv"], TestContext.Current.CancellationToken))[0], StringComparison.Ordinal);

        Assert.Equal(0, (await Cli.InvokeAsync("erase", _shop.Folder, "--filter", "Country eq 'France'")).ExitCode);
        Assert.Equal(0, _shop.Lurm.CountUsers(Store.UserFilter.Parse("Country eq 'France'"), TestContext.Current.CancellationToken));
        Assert.Equal(0, (await Cli.InvokeAsync("check", _shop.Folder)).ExitCode);
    }
}
