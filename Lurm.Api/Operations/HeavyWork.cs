using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Lurm.Api.Operations;

/// <summary>Runs what is heavy (lookalike, ingestion, refresh, filters over histories) on threads of its own, a few at a time; who finds the queue full is told to come back.</summary>
/// <remarks>Point reads and other searches never pass here, so they stay quick while an audience of a million is scored.</remarks>
internal sealed class HeavyWork : IHostedService, IDisposable
{
    private const int RetryAfterSeconds = 2;

    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread[] _threads;
    private readonly int _room;
    private int _inside;

    public HeavyWork(IOptions<LurmApiOptions> options)
    {
        _room = options.Value.HeavyWorkers + options.Value.HeavyQueue;
        _threads = [.. Enumerable.Range(0, options.Value.HeavyWorkers).Select(number => new Thread(Work) { IsBackground = true, Name = $"lurm heavy {number}" })];
    }

    /// <summary>How many requests run or wait.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>Runs <paramref name="work"/> when its turn comes.</summary>
    /// <exception cref="ApiException">503: the queue is full.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _inside) > _room)
        {
            Interlocked.Decrement(ref _inside);
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "Busy", $"{_room} heavy requests run or wait already; come back in a moment.") { RetryAfterSeconds = RetryAfterSeconds };
        }

        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Writer.TryWrite(() => Run(work, result, cancellationToken));
        return result.Task;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var thread in _threads)
        {
            thread.Start();
        }

        return Task.CompletedTask;
    }

    /// <summary>What runs is asked to stop, which leaves nothing half-stored; what waits is answered as stopped.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        await Task.Run(() => Array.ForEach(_threads, thread => thread.Join(TimeSpan.FromSeconds(10))), cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private void Work()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var work))
            {
                work();
            }
        }
    }

    private void Run<T>(Func<CancellationToken, T> work, TaskCompletionSource<T> result, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            either.Token.ThrowIfCancellationRequested();
            result.SetResult(work(either.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            result.SetException(new ApiException(StatusCodes.Status503ServiceUnavailable, "Stopping", "The server is stopping.") { RetryAfterSeconds = RetryAfterSeconds });
        }
        catch (OperationCanceledException)
        {
            result.SetCanceled(CancellationToken.None);
        }
#pragma warning disable CA1031 // It is handed to whoever waits for the result.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            result.SetException(fault);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
