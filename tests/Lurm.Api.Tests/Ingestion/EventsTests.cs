using System.Text;
using Lurm.Api.Ingestion;
using Lurm.Api.Security;
using Lurm.Api.Tests.Commands;

namespace Lurm.Api.Tests.Ingestion;

public sealed class EventsTests : IAsyncLifetime
{
    private const string Ndjson = "application/x-ndjson";

    private readonly Shop _shop = new();
    private Server _server = null!;

    public async ValueTask InitializeAsync() => _server = await Server.StartAsync(_shop);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _shop.Dispose();
    }

    [Fact]
    public async Task Events_are_taken_once_per_key()
    {
        const string Body = """
            {"user":"n1","item":"tea-1","time":"2025-03-01T00:00:00Z","kind":"buy"}
            {"user":"n1","item":"tea-2","time":"2025-03-02T00:00:00Z","attributes":{"Country":"Peru"}}

            """;

        var first = await PostAsync(Body, "k1");
        var again = await PostAsync(Body, "k1");

        Assert.Equal(200, first.Status);
        Assert.Equal((2, 1, false), (first.Json.GetProperty("events").GetInt32(), first.Json.GetProperty("newUsers").GetInt32(), first.Json.GetProperty("alreadyIngested").GetBoolean()));
        Assert.Equal(200, again.Status);
        Assert.True(again.Json.GetProperty("alreadyIngested").GetBoolean());
        Assert.Equal(2, (await _server.GetAsync("odata/Users('n1')")).Json.GetProperty("EventCount").GetInt32());
        Assert.Equal("Peru", (await _server.GetAsync("odata/Users('n1')/Country/$value")).Text);
    }

    [Fact]
    public async Task A_bad_line_is_named_and_nothing_is_stored()
    {
        var answer = await PostAsync("{\"user\":\"n1\",\"item\":\"tea-1\",\"time\":\"2025-03-01T00:00:00Z\"}\n{\"user\":\"n2\",\"time\":\"2025-03-01T00:00:00Z\"}\n", "k2");

        Assert.Equal(400, answer.Status);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        var detail = answer.Json.GetProperty("detail").GetString()!;
        Assert.Contains("2", detail, StringComparison.Ordinal);
        Assert.Contains("item", detail, StringComparison.Ordinal);
        Assert.Equal(404, (await _server.GetAsync("odata/Users('n1')")).Status);
    }

    [Fact]
    public async Task A_missing_key_or_type_is_refused_with_a_problem()
    {
        Assert.Equal(400, (await _server.SendAsync(HttpMethod.Post, "events", "{}", ("Content-Type", Ndjson))).Status);
        Assert.Equal(415, (await _server.SendAsync(HttpMethod.Post, "events", "{}", ("Content-Type", "text/plain"), ("Idempotency-Key", "k"))).Status);
        Assert.Equal(405, (await _server.GetAsync("events")).Status);
    }

    [Fact]
    public async Task Csv_is_taken_too_and_a_large_body_is_streamed()
    {
        var body = new StringBuilder("user,item,time\n");
        for (var i = 0; i < 20_000; i++)
        {
            body.Append(System.Globalization.CultureInfo.InvariantCulture, $"c{i % 100},tea-{i % 10},2025-03-01T00:00:00Z\n");
        }

        var answer = await _server.SendAsync(HttpMethod.Post, "events", body.ToString(), ("Content-Type", "text/csv"), ("Idempotency-Key", "k3"));

        Assert.Equal(200, answer.Status);
        Assert.Equal((20_000, 100), (answer.Json.GetProperty("events").GetInt32(), answer.Json.GetProperty("newUsers").GetInt32()));
    }

    /// <summary>Both were kept as "a/b/c".</summary>
    [Fact]
    public async Task A_slash_in_a_name_or_key_does_not_hide_the_events_of_another_caller()
    {
        const string Body = "{\"user\":\"n1\",\"item\":\"tea-1\",\"time\":\"2025-03-01T00:00:00Z\"}";
        var file = _shop.Files["keys.txt"];
        var one = (await Cli.InvokeAsync("key", file, "a", "--role", "ingest")).Output.Trim();
        var other = (await Cli.InvokeAsync("key", file, "a/b", "--role", "ingest")).Output.Trim();
        await using var server = await Server.StartAsync(_shop, options => options.ApiKeysFile = file);

        Assert.False(await IsAgainAsync(one, "b/c"));
        Assert.False(await IsAgainAsync(other, "c"));
        Assert.True(await IsAgainAsync(other, "c"));

        async Task<bool> IsAgainAsync(string caller, string key)
        {
            var answer = await server.SendAsync(HttpMethod.Post, "events", Body, ("Content-Type", Ndjson), (EventsEndpoint.IdempotencyKey, key), (Authenticator.ApiKeyHeader, caller));
            Assert.Equal(200, answer.Status);
            return answer.Json.GetProperty("alreadyIngested").GetBoolean();
        }
    }

    private Task<Server.Answer> PostAsync(string body, string key) =>
        _server.SendAsync(HttpMethod.Post, "events", body, ("Content-Type", Ndjson), ("Idempotency-Key", key));
}
