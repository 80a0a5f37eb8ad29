using System.Diagnostics;
using System.Text.Json;
using Lurm.Api;
using Lurm.Store.Tests.Generations;

namespace Lurm.Campaigns.Tests;

/// <summary>One database, asked by processes whose processor can do less and less.</summary>
public sealed class KernelTests
{
    private const float Tolerance = 1e-5f;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_made_on_one_processor_gives_the_same_answers_on_another()
    {
        using var shop = new Shop(users: 120);
        shop.Register("m1", head: true);
        shop.Database.Embed(cancellationToken: Token);
        shop.Database.Dispose();
        var best = await SimilarAsync(shop.Folder, []);
        Assert.Equal(20, best.Count);

        foreach (var less in new[] { "DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic" })
        {
            var scores = await SimilarAsync(shop.Folder, [less]);
            Assert.Equal(best.Count, scores.Count);
            Assert.All(best.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }

        // And what the least of them embeds, the best one finds.
        Assert.NotNull(await RunAsync(["embed", shop.Folder, "--all"], ["DOTNET_EnableHWIntrinsic"]));
        Assert.All(best.Zip(await SimilarAsync(shop.Folder, [])), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private static async Task<List<float>> SimilarAsync(string folder, string[] switchedOff)
    {
        using var answer = JsonDocument.Parse(await RunAsync(["similar", folder, "u7", "-k", "20", "--json"], switchedOff));
        return [.. Scores(answer.RootElement)];
    }

    private static IEnumerable<float> Scores(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Scores),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.NameEquals("score") ? [property.Value.GetSingle()] : Scores(property.Value)),
        _ => [],
    };

    private static async Task<string> RunAsync(string[] arguments, string[] switchedOff)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LurmApplication).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var one in switchedOff)
        {
            start.Environment[one] = "0";
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }
}
