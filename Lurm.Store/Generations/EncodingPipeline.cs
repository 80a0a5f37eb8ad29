using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Lurm.Store.Histories;

namespace Lurm.Store.Generations;

/// <summary>Reading, encoding and writing side by side: one reader, some encoders, and the caller writing in order. Bounded: at most two chunks per encoder wait.</summary>
internal static class EncodingPipeline
{
    /// <param name="read">Calls the visitor with each user, in key order; runs on a thread of its own.</param>
    /// <param name="encoders">One per encoding thread.</param>
    /// <param name="write">Receives the chunks in order, on the caller's thread; each is used again when it returns.</param>
    /// <param name="cancellationToken">Stops all of them.</param>
    public static void Run(Action<HistoryVisitor, CancellationToken> read, IReadOnlyList<ChunkEncoder> encoders, Action<EncodedChunk> write, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var chunks = new BlockingCollection<HistoryChunk>(encoders.Count * 2);
        using var encoded = new BlockingCollection<EncodedChunk>(encoders.Count * 2);
        ExceptionDispatchInfo? failure = null;

        var free = new ConcurrentBag<HistoryChunk>();
        var written = new ConcurrentBag<EncodedChunk>();
        var reader = Start(() => Read(read, chunks, free, stop.Token), chunks.CompleteAdding);
        var left = encoders.Count;
        Task[] workers = [.. encoders.Select(encoder => Start(
            () =>
            {
                foreach (var chunk in chunks.GetConsumingEnumerable(stop.Token))
                {
                    var done = encoder.Encode(chunk, written.TryTake(out var used) ? used : null);
                    free.Add(chunk);
                    encoded.Add(done, stop.Token);
                }
            },
            () =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    encoded.CompleteAdding();
                }
            }))];

        try
        {
            WriteInOrder(encoded, write, written, stop.Token);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        Task.WaitAll([reader, .. workers], CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();

        Task Start(Action work, Action done) => Task.Factory.StartNew(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception exception)
                {
                    Fail(exception);
                }
                finally
                {
                    done();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        // The first fault is the cause; what the others say, after being stopped, is not.
        void Fail(Exception exception)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            stop.Cancel();
        }
    }

    private static void Read(Action<HistoryVisitor, CancellationToken> read, BlockingCollection<HistoryChunk> chunks, ConcurrentBag<HistoryChunk> free, CancellationToken cancellationToken)
    {
        var chunk = Next(0);
        read(
            (user, entries) =>
            {
                chunk.Add(user, entries);
                if (chunk.IsFull)
                {
                    chunks.Add(chunk, cancellationToken);
                    chunk = Next(chunk.Sequence + 1);
                }
            },
            cancellationToken);
        if (!chunk.Users.IsEmpty)
        {
            chunks.Add(chunk, cancellationToken);
        }

        HistoryChunk Next(long sequence) => (free.TryTake(out var used) ? used : new HistoryChunk()).Begin(sequence);
    }

    private static void WriteInOrder(BlockingCollection<EncodedChunk> encoded, Action<EncodedChunk> write, ConcurrentBag<EncodedChunk> written, CancellationToken cancellationToken)
    {
        var waiting = new SortedDictionary<long, EncodedChunk>();
        var next = 0L;
        foreach (var chunk in encoded.GetConsumingEnumerable(cancellationToken))
        {
            waiting.Add(chunk.Sequence, chunk);
            while (waiting.Remove(next, out var ready))
            {
                write(ready);
                written.Add(ready);
                next++;
            }
        }
    }
}
