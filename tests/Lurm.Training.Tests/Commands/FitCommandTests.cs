using System.Text.Json;
using Lurm.TestKit;
using Lurm.Training.Tests.Items;

namespace Lurm.Training.Tests.Commands;

public sealed class FitCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_is_the_card_alone_and_what_people_read_goes_to_stderr()
    {
        using var shop = new TasteShop(users: 120, periods: 6, switches: false);
        var config = _folder["fit.json"];
        await File.WriteAllTextAsync(config, """{ "itemDimensions": 8, "smen": { "anchors": 4, "anchorDimensions": 4, "epochs": 1 } }""", TestContext.Current.CancellationToken);

        var run = await LurmTrain.InvokeAsync("fit", shop.Database.Folder, "--json", "--threads", "1", "--config", config, "--model-id", "mine");

        Assert.Equal(0, run.ExitCode);
        using var card = JsonDocument.Parse(run.Output);
        Assert.Equal("mine", card.RootElement.GetProperty("modelId").GetString());
        Assert.Contains("Nearest items of popular ones:\n  ", run.Error);
        Assert.Contains(" thing ", run.Error);
        Assert.Contains("learned from co-occurrence", run.Error);
    }

    [Fact]
    public async Task Cuda_where_there_is_none_is_one_line_with_a_way_out_and_exits_1()
    {
        TorchProbe.Load(1);
        Assert.SkipWhen(TorchProbe.HasCuda(), "this machine's libtorch has CUDA");
        using var shop = new TasteShop(users: 8, periods: 2, switches: false);

        var run = await LurmTrain.InvokeAsync("fit", shop.Database.Folder, "--device", "cuda");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("lurm-train fit: found no CUDA device", run.ErrorLine);
        Assert.Contains("--device cuda", run.ErrorLine);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("tpu", "fit", "x.lurm", "--device", "tpu")]
    [InlineData("--frobnicate", "fit", "x.lurm", "--frobnicate")]
    [InlineData("interests is 0; expected 1 to 100000", "fit", "x.lurm", "--interests", "0")]
    [InlineData("--targets is 0; expected 1 to 1000", "evaluate", "x.lurm", "--targets", "0")]
    [InlineData("nosuch", "nosuch")]
    public async Task A_wrong_command_line_is_told_in_one_line_and_exits_2(string told, params string[] args)
    {
        var run = await LurmTrain.InvokeAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(told, run.ErrorLine);
        Assert.StartsWith("lurm-train", run.ErrorLine);
        Assert.Empty(run.Output);
    }
}
