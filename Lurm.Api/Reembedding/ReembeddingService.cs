using Lurm.Store;
using Microsoft.Extensions.Options;

namespace Lurm.Api.Reembedding;

/// <summary>Embeds on the schedule of <see cref="LurmApiOptions.Reembedding"/>. A run that fails is logged and tried again when the next is due; queries go on with what is published.</summary>
internal sealed class ReembeddingService(LurmDatabase lurm, IOptions<LurmApiOptions> options, TimeProvider time, ILogger<ReembeddingService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var schedule = options.Value.Reembedding;
        while (ReembeddingSchedule.Next(schedule, time.GetUtcNow()) is { } due)
        {
            // A clock that was set back must not make it early, nor a long wait overflow the timer.
            while (due - time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < TimeSpan.FromHours(1) ? wait : TimeSpan.FromHours(1), time, stoppingToken);
            }

            await Task.Factory.StartNew(() => Run(schedule, stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Run(LurmReembeddingOptions schedule, CancellationToken stoppingToken)
    {
        try
        {
            var report = lurm.Embed(new EmbedOptions { Threads = Math.Max(1, schedule.Threads), Device = schedule.Device }, progress: null, stoppingToken);
            logger.Reembedded(report.Embedded, report.ModelId, report.Generation, (long)report.Elapsed.TotalMilliseconds);
            if (report.Fallback is { } reason)
            {
                logger.ReembeddedOnProcessor(reason);
            }
        }
        catch (StoreException fault) when (fault.Fault == StoreFault.Conflict)
        {
            logger.ReembeddingElsewhere(fault.Message);
        }
#pragma warning disable CA1031 // The schedule outlives any one run; what failed is in the log, and in health where it keeps queries from being answered.
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.ReembeddingFailed(fault);
        }
    }
}
