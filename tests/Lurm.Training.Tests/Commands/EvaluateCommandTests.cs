using System.Text.Json;
using Lurm.TestKit;
using Lurm.Training.Tests.Items;

namespace Lurm.Training.Tests.Commands;

public sealed class EvaluateCommandTests : IDisposable
{
    private static readonly string[] Quick = ["--bootstrap", "100", "--queries", "40", "--targets", "5"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Baselines_need_no_model_and_end_in_both_files_and_on_stdout()
    {
        using var shop = new TasteShop(users: 160, periods: 6, switches: false);
        var labels = await Labels("user,taste", user => $"u{user},{TasteShop.Words[user % TasteShop.Tastes]}");

        var run = await LurmTrain.InvokeAsync(["evaluate", shop.Database.Folder, "--baselines", "--labels", labels, "--out", _folder["out"], "--json", .. Quick]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["evaluation.html", "evaluation.json"], Directory.EnumerateFiles(_folder["out"]).Select(Path.GetFileName).Order());
        var text = await File.ReadAllTextAsync(Path.Combine(_folder["out"], "evaluation.json"), Cancellation);
        Assert.Equal(text, run.Output);
        using var json = JsonDocument.Parse(text);
        Assert.Contains("Whole histories", json.RootElement.GetProperty("sections").EnumerateArray().Select(section => section.GetProperty("title").GetString()));
        Assert.Contains("label taste", text);
        Assert.Contains("<svg ", await File.ReadAllTextAsync(Path.Combine(_folder["out"], "evaluation.html"), Cancellation));
        Assert.EndsWith("evaluation.html", run.Error.TrimEnd());
    }

    [Fact]
    public async Task A_served_model_is_measured_into_a_folder_beside_the_database()
    {
        var options = new FitOptions { Threads = 1, ItemDimensions = 8, Smen = new() { Anchors = 4, AnchorDimensions = 4, Epochs = 1, Scales = [Lurm.Store.Histories.Scale.Lifetime], TrainedShare = 1 } };
        using var shop = new TasteShop(users: 80, periods: 4, switches: false);
        new FitRun(options with { ModelId = "mine" }, TimeProvider.System).Run(shop.Database, Cancellation);
        shop.Database.Embed(cancellationToken: Cancellation);
        var config = _folder["fit.json"];
        await File.WriteAllTextAsync(config, """{ "threads": 1, "itemDimensions": 8, "smen": { "anchors": 4, "anchorDimensions": 4, "epochs": 1, "scales": ["lifetime"], "trainedShare": 1 } }""", Cancellation);

        var run = await LurmTrain.InvokeAsync(["evaluate", shop.Database.Folder, "--config", config, .. Quick]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("model        mine", run.Output);
        Assert.Contains("Users not seen in training", run.Output);
        Assert.True(File.Exists(Path.Combine(shop.Database.Folder + "-evaluation", "evaluation.json")));
        Assert.True(File.Exists(Path.Combine(shop.Database.Folder + "-evaluation", "evaluation.html")));
    }

    [Fact]
    public async Task Without_a_model_it_says_what_to_run_writes_nothing_and_exits_2()
    {
        using var shop = new TasteShop(users: 20, periods: 2, switches: false);

        var run = await LurmTrain.InvokeAsync("evaluate", shop.Database.Folder, "--out", _folder["out"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("lurm-train fit", run.ErrorLine);
        Assert.Contains("--baselines", run.ErrorLine);
        Assert.Empty(run.Output);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData("line 3 has 3 columns; expected 2", "user,taste", "u0,garden\nu1,garden,kitchen")]
    [InlineData("has user 'u0' again; expected one line per user", "user,taste", "u0,garden\nu0,garden")]
    [InlineData("a user column and at least one label", "user", "u0")]
    [InlineData("is empty; expected a header", "", "")]
    public async Task A_bad_file_of_labels_is_told_at_once_in_one_line_and_exits_1(string told, string header, string rows)
    {
        using var shop = new TasteShop(users: 20, periods: 2, switches: false);
        var labels = _folder["labels.csv"];
        await File.WriteAllTextAsync(labels, header.Length == 0 ? "" : $"{header}\n{rows}\n", Cancellation);

        var run = await LurmTrain.InvokeAsync("evaluate", shop.Database.Folder, "--baselines", "--labels", labels, "--out", _folder["out"]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("lurm-train evaluate: ", run.ErrorLine);
        Assert.Contains(labels, run.ErrorLine);
        Assert.Contains(told, run.ErrorLine);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task A_file_of_labels_or_a_database_that_is_not_there_is_named()
    {
        using var shop = new TasteShop(users: 20, periods: 2, switches: false);

        var labels = await LurmTrain.InvokeAsync("evaluate", shop.Database.Folder, "--baselines", "--labels", _folder["missing.csv"]);
        var database = await LurmTrain.InvokeAsync("evaluate", _folder["none.lurm"], "--baselines");

        Assert.Equal((1, 1), (labels.ExitCode, database.ExitCode));
        Assert.Contains("missing.csv", labels.ErrorLine);
        Assert.Contains("none.lurm", database.ErrorLine);
    }

    private async Task<string> Labels(string header, Func<int, string> row)
    {
        await File.WriteAllLinesAsync(_folder["labels.csv"], [header, .. Enumerable.Range(0, 160).Select(row)], Cancellation);
        return _folder["labels.csv"];
    }
}
