using System.Globalization;
using Lurm.Store;

namespace NightlyHost;

/// <summary>Embeds the users whose history changed: once at the start, in case the host was down in the night, then once a day.</summary>
internal sealed partial class NightlyReembedding(LurmDatabase lurm, IConfiguration configuration, ILogger<NightlyReembedding> logger) : BackgroundService
{
    private readonly TimeOnly _at = TimeOnly.Parse(configuration["At"] ?? "03:00", CultureInfo.InvariantCulture);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Run(() => Embed(stoppingToken), stoppingToken);
            await Task.Delay(UntilNext(), stoppingToken);
        }
    }

    private TimeSpan UntilNext()
    {
        var wait = _at - TimeOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        return wait > TimeSpan.Zero ? wait : wait + TimeSpan.FromDays(1);
    }

    /// <summary>A night that fails is logged, and the next one makes up for it: queries go on with the generation before.</summary>
    private void Embed(CancellationToken stoppingToken)
    {
        try
        {
            var report = lurm.Embed(cancellationToken: stoppingToken);
            Embedded(logger, report.Embedded, report.Generation, report.Elapsed.TotalSeconds);
        }
        catch (StoreException fault)
        {
            Failed(logger, fault);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Embedded {Users} users into generation {Generation} in {Seconds} s")]
    private static partial void Embedded(ILogger logger, long users, long generation, double seconds);

    [LoggerMessage(2, LogLevel.Error, "This night's embedding failed")]
    private static partial void Failed(ILogger logger, Exception fault);
}
