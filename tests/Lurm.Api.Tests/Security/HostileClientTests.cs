using System.Net.Sockets;
using System.Text;

namespace Lurm.Api.Tests.Security;

/// <summary>Clients that send too much, too deep, too slowly or nothing at all: each is refused or waited for, and nobody else notices.</summary>
public sealed class HostileClientTests
{
    private static readonly string Seeds = string.Join(',', Enumerable.Range(0, 30).Select(user => $"\"{Shop.Id(2 * user)}\""));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_that_send_events_slowly_hold_no_worker()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop, options => (options.HeavyWorkers, options.HeavyQueue) = (1, 0));
        var slow = new List<TcpClient>();
        for (var client = 0; client < 5; client++)
        {
            // "Continue" says that the server has begun to read the body; then nothing more comes.
            slow.Add(await BeginAsync(server, $"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nIdempotency-Key: slow{client}\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n", "100 Continue"));
        }

        var events = await server.SendAsync(HttpMethod.Post, "events", "{\"user\":\"n1\",\"item\":\"tea-1\",\"time\":\"2025-03-01T00:00:00Z\"}", ("Content-Type", "application/x-ndjson"), ("Idempotency-Key", "k"));
        var lookalike = await server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":[{{Seeds}}],"size":60}""");

        slow.ForEach(client => client.Dispose());
        Assert.Equal((200, 200), (events.Status, lookalike.Status));
    }

    [Fact]
    public async Task Half_open_connections_keep_nobody_waiting()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);
        var open = new List<TcpClient>();
        for (var client = 0; client < 200; client++)
        {
            open.Add(await BeginAsync(server, client % 2 == 0 ? string.Empty : "GET /odata/Users HTTP/1.1\r\nHost: loc", null));
        }

        var answer = await server.GetAsync("odata/Users('u004')/Lurm.Similar(k=3)");

        open.ForEach(client => client.Dispose());
        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("odata/Users/Lurm.Lookalike")]
    [InlineData("odata/$batch")]
    public async Task A_body_nested_a_hundred_thousand_deep_is_refused(string path)
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);

        var answer = await server.PostAsync(path, $"{{\"seeds\":{new string('[', 100_000)}{new string(']', 100_000)}}}");

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Text.Length < 2_000, answer.Text[..Math.Min(answer.Text.Length, 200)]);
    }

    /// <summary>Each level held its body and its answer once more, and took a hundred requests of the next: as deep as the caller liked.</summary>
    [Fact]
    public async Task A_batch_in_a_batch_is_refused()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);
        var body = """{"requests":[{"id":"1","method":"GET","url":"Users('u001')"}]}""";
        for (var level = 0; level < 3; level++)
        {
            body = $$"""{"requests":[{"id":"1","method":"POST","url":"/odata/$batch","headers":{"content-type":"application/json"},"body":{{body}}}]}""";
        }

        var answer = await server.PostAsync("odata/$batch", body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(400, Assert.Single(answer.Json.GetProperty("responses").EnumerateArray()).GetProperty("status").GetInt32());
        Assert.Contains("in a $batch", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("u001", answer.Text, StringComparison.Ordinal);
    }

    /// <summary>It was refused from 4 GiB on, although it is streamed.</summary>
    [Fact]
    public async Task Events_of_any_size_are_waited_for()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);

        using var client = await BeginAsync(
            server, $"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nIdempotency-Key: large\r\nContent-Length: {1L << 40}\r\nExpect: 100-continue\r\n\r\n", "100 Continue");
    }

    [Fact]
    public async Task Headers_beyond_the_limit_are_refused_and_the_server_goes_on()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);

        using var client = await BeginAsync(server, $"GET /odata/Users HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('x', 40_000)}\r\n\r\n", "431");

        Assert.Equal(200, (await server.GetAsync("odata/Users('u004')")).Status);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop, options => options.MaxEventsBytes = 2_048);

        var answer = await server.SendAsync(HttpMethod.Post, "events", new string('x', 4_096), ("Content-Type", "application/x-ndjson"), ("Idempotency-Key", "k"));

        Assert.Equal(413, answer.Status);
    }

    // Sends the beginning of a request and, where an answer is expected, waits until its first bytes say so.
    private static async Task<TcpClient> BeginAsync(Server server, string request, string? answer)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Root.Host, server.Root.Port, Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        if (answer is null)
        {
            return client;
        }

        var bytes = new byte[256];
        var read = await stream.ReadAsync(bytes, Token);
        Assert.Contains(answer, Encoding.ASCII.GetString(bytes, 0, read), StringComparison.Ordinal);
        return client;
    }
}
