using Lurm.Api.Reembedding;
using Lurm.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lurm.Api.Tests.Reembedding;

public sealed class ReembeddingServiceTests
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_user_is_found_after_the_next_run()
    {
        using var shop = new Shop();
        var (time, log) = (new StillTime(), new WaitingLog());
        using var service = Service(shop, time, log);
        shop.Lurm.Ingest([new BehaviourEvent { User = "newcomer", Item = "tea-1", Time = DateTimeOffset.UnixEpoch.AddYears(55) }], "later", cancellationToken: Token);
        await service.StartAsync(Token);

        Assert.Equal(Every, await time.NextTimerAsync());
        Assert.False(shop.Lurm.TryGetRepresentation("newcomer", out _));
        time.Fire(Every);

        Assert.Equal(3020, await log.NextAsync());
        Assert.NotEmpty(shop.Lurm.Similar("newcomer", cancellationToken: Token));
        await service.StopAsync(Token);
    }

    [Fact]
    public async Task A_run_that_fails_is_logged_and_the_next_one_is_tried()
    {
        using var shop = new Shop();
        var models = Path.Combine(shop.Folder, "models");
        Directory.Move(models, models + ".away");
        using var reopened = LurmDatabase.Open(shop.Folder);
        var (time, log) = (new StillTime(), new WaitingLog());
        using var service = new ReembeddingService(reopened, Configured(), time, log);
        await service.StartAsync(Token);

        await time.NextTimerAsync();
        time.Fire(Every);
        Assert.Equal(3022, await log.NextAsync());

        Directory.Move(models + ".away", models);
        await time.NextTimerAsync();
        time.Fire(Every);
        Assert.Equal(3020, await log.NextAsync());
        await service.StopAsync(Token);
    }

    [Fact]
    public async Task A_schedule_out_of_range_is_refused_at_the_start()
    {
        using var shop = new Shop();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync(shop, options => options.Reembedding.Every = TimeSpan.FromSeconds(1)));

        Assert.Contains("Every", error.Message, StringComparison.Ordinal);
    }

    private static ReembeddingService Service(Shop shop, StillTime time, WaitingLog log) => new(shop.Lurm, Configured(), time, log);

    private static IOptions<LurmApiOptions> Configured() => Options.Create(new LurmApiOptions { Reembedding = new LurmReembeddingOptions { Every = Every } });

    /// <summary>Event ids as they are logged.</summary>
    private sealed class WaitingLog : ILogger<ReembeddingService>
    {
        private readonly System.Threading.Channels.Channel<int> _ids = System.Threading.Channels.Channel.CreateUnbounded<int>();

        public async Task<int> NextAsync() => await _ids.Reader.ReadAsync(Token);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ids.Writer.TryWrite(eventId.Id);
    }
}
