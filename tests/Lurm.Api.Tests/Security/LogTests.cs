using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lurm.Api.Tests.Security;

public sealed class LogTests
{
    private const string Forged = "%0D%0Afail: forged";

    /// <summary>Whoever reads the log learns what was done, not about whom; and nobody writes lines of their own into it.</summary>
    [Fact]
    public async Task Lines_hold_no_id_of_a_user_and_nothing_that_a_caller_wrote()
    {
        using var shop = new Shop();
        using var lines = new Lines();
        await using var server = await Server.StartAsync(shop);
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(lines);

        await server.GetAsync("odata/Users('u001')");
        await server.GetAsync($"odata/Users('u001{Forged}')");
        await server.GetAsync($"odata/Users?$filter=Id eq 'u001{Forged}'");
        await server.GetAsync($"u001{Forged}");
        await server.GetAsync("odata/Users", ("X-Forwarded-For", "u001"), ("traceparent", "u001"));
        await server.PostAsync("events", "{\"user\":\"u001\\r\\nfail: forged\",\"item\":\"i\",\"time\":\"2024-05-01\"}", ("Content-Type", "application/x-ndjson"));
        await server.PostAsync("odata/Users/Lurm.Lookalike", "{\"seeds\":[\"u001\",\"u001\\r\\nfail: forged\"]}");
        await server.GetAsync("odata/Users('u001')/Lurm.Export");
        var erased = await server.PostAsync("odata/Users/Lurm.Erase", "{\"users\":[\"u001\"]}");
        Assert.Equal(200, erased.Status);
        await lines.UntilAsync(line => line.Contains("Operation ", StringComparison.Ordinal));

        Assert.All(lines.All, line =>
        {
            Assert.DoesNotContain("u001", line, StringComparison.Ordinal);
            Assert.DoesNotContain("forged", line, StringComparison.Ordinal);
        });
    }

    /// <summary>What is logged, at the levels that the application sets.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _all = new();
        private readonly SemaphoreSlim _written = new(0);

        public IReadOnlyCollection<string> All => _all;

        public async Task UntilAsync(Func<string, bool> isMeant)
        {
            while (!_all.Any(isMeant))
            {
                await _written.WaitAsync(TestContext.Current.CancellationToken);
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _all.Enqueue($"{formatter(state, exception)} {exception}");
            _written.Release();
        }

        public void Dispose() => _written.Dispose();
    }
}
