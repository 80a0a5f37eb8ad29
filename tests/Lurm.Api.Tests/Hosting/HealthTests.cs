using Lurm.Store;
using Microsoft.Data.Sqlite;

namespace Lurm.Api.Tests.Hosting;

/// <summary>What a monitor reads: <c>/health/ready</c> and <c>/metrics</c>.</summary>
public sealed class HealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_fell_back_to_the_processor_is_seen_in_the_health_and_metrics_of_the_server()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "this machine has a GPU");
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);
        Assert.Empty(await NotesAsync(server));
        Assert.Contains("lurm_embedding_fallback 0\n", await MetricsAsync(server), StringComparison.Ordinal);

        using (var job = LurmDatabase.Open(shop.Folder))
        {
            job.Embed(new EmbedOptions { All = true, Device = EncoderDevice.CudaOrCpu }, cancellationToken: Token);
        }

        Assert.Contains("on the processor although a GPU was asked for first", Assert.Single(await NotesAsync(server)), StringComparison.Ordinal);
        Assert.Contains("lurm_embedding_fallback 1\n", await MetricsAsync(server), StringComparison.Ordinal);

        shop.Lurm.Embed(cancellationToken: Token);
        Assert.Empty(await NotesAsync(server));
    }

    [Fact]
    public async Task A_pending_erasure_is_seen_until_its_last_trace_is_gone()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);
        using (var crashed = new SqliteConnection($"Data Source={Path.Combine(shop.Folder, "lurm.db")};Pooling=False"))
        {
            // What a process leaves that was killed right after it wrote down whom to forget.
            crashed.Open();
            using var intent = crashed.CreateCommand();
            intent.CommandText = "INSERT INTO erasures (state, reason, requested_at, users, unknown_ids, allow_return) VALUES ('pending', 'request', 0, 0, 0, 1)";
            intent.ExecuteNonQuery();
        }

        Assert.Contains("1 erasures are pending", Assert.Single(await NotesAsync(server)), StringComparison.Ordinal);
        Assert.Contains("lurm_erasures_pending 1\n", await MetricsAsync(server), StringComparison.Ordinal);

        shop.Lurm.FinishErasures(Token);
        Assert.Empty(await NotesAsync(server));
    }

    [Fact]
    public async Task What_is_wrong_with_the_database_is_told_without_the_servers_paths()
    {
        using var shop = new Shop();
        Directory.Delete(Path.Combine(shop.Folder, "models", "tastes"), recursive: true);
        using var broken = LurmDatabase.Open(shop.Folder);
        await using var app = LurmApplication.Build(broken, ["http://127.0.0.1:0"]);
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using var answer = await client.GetAsync("/health/ready", Token);
        var text = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Contains("model bundle", text, StringComparison.Ordinal);
        Assert.DoesNotContain(shop.Folder, text, StringComparison.Ordinal);
        await app.StopAsync(CancellationToken.None);
    }

    private static async Task<string[]> NotesAsync(Server server)
    {
        var answer = await server.GetAsync("health/ready");
        Assert.Equal(200, answer.Status);
        return [.. answer.Json.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)];
    }

    private static async Task<string> MetricsAsync(Server server) => (await server.GetAsync("metrics")).Text;
}
