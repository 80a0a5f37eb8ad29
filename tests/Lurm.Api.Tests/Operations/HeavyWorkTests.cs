using Lurm.Api.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Lurm.Api.Tests.Operations;

public sealed class HeavyWorkTests
{
    private static readonly string Seeds = string.Join(',', Enumerable.Range(0, 30).Select(user => $"\"{Shop.Id(2 * user)}\""));

    [Fact]
    public async Task Who_finds_the_queue_full_is_told_to_come_back_and_light_requests_go_on()
    {
        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop, options => (options.HeavyWorkers, options.HeavyQueue) = (1, 0));
        using var busy = new ManualResetEventSlim();
        var token = TestContext.Current.CancellationToken;
        var running = server.Services.GetRequiredService<HeavyWork>().RunAsync(
            stopping =>
            {
                busy.Wait(stopping);
                return true;
            },
            token);

        var refused = await LookalikeAsync(server);
        var events = await server.SendAsync(HttpMethod.Post, "events", "{}", ("Content-Type", "application/x-ndjson"), ("Idempotency-Key", "k"));
        var history = await server.GetAsync("odata/Users?$filter=Lurm.HasInterest(interest=1,months=3)");
        var count = await server.GetAsync("odata/Users/$count?$filter=not Lurm.HasInterest(interest=1)");
        var similar = await server.GetAsync("odata/Users('u004')/Lurm.Similar(k=3)?$filter=Id ne 'u001' and Lurm.HasInterest(interest=1)");
        var light = await server.GetAsync("odata/Users('u004')/Lurm.Similar(k=3)");
        busy.Set();
        await running;

        Assert.Equal((503, "2"), (refused.Status, refused.Headers["Retry-After"]));
        Assert.Equal((503, "2"), (events.Status, events.Headers["Retry-After"]));
        Assert.All([history, count, similar], answer => Assert.Equal((503, "2"), (answer.Status, answer.Headers["Retry-After"])));
        Assert.Equal(200, light.Status);
        Assert.Equal(200, (await LookalikeAsync(server)).Status);
        Assert.Equal(200, (await server.GetAsync("odata/Users?$filter=Lurm.HasInterest(interest=1,months=3)")).Status);
    }

    private static Task<Server.Answer> LookalikeAsync(Server server) => server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":[{{Seeds}}],"size":60}""");
}
