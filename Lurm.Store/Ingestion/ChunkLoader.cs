using System.Collections.Concurrent;

namespace Lurm.Store.Ingestion;

/// <summary>Counts chunks on a thread of its own, one ahead of the writer that applies them.</summary>
internal static class ChunkLoader
{
    /// <summary>The chunks that <paramref name="skip"/> does not know yet, in order. Each is valid until the next is asked for.</summary>
    public static IEnumerable<ChunkHistories> Load(EventBatch batch, ChunkPlan plan, BatchApplier applier, Predicate<int> skip, CancellationToken cancellationToken)
    {
        if (plan.Count == 0)
        {
            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ready = new BlockingCollection<ChunkHistories>(1);
        using var free = new BlockingCollection<ChunkHistories>(new ConcurrentBag<ChunkHistories>([new(), new(), new()]));
        var loader = Task.Factory.StartNew(
            () => LoadAll(batch, plan, applier, skip, free, ready, stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            foreach (var chunk in ready.GetConsumingEnumerable(cancellationToken))
            {
                yield return chunk;
                free.Add(chunk, CancellationToken.None);
            }

            loader.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            ((IAsyncResult)loader).AsyncWaitHandle.WaitOne();
        }
    }

    private static void LoadAll(
        EventBatch batch, ChunkPlan plan, BatchApplier applier, Predicate<int> skip,
        BlockingCollection<ChunkHistories> free, BlockingCollection<ChunkHistories> ready, CancellationToken stop)
    {
        try
        {
            var positions = new int[batch.Users.Length];
            for (var i = 0; i < plan.Count; i++)
            {
                if (skip(i))
                {
                    continue;
                }

                var chunk = free.Take(stop);
                chunk.Load(batch, plan, i, positions, applier.ItemKeys, applier.KindKeys);
                ready.Add(chunk, stop);
            }
        }
        finally
        {
            ready.CompleteAdding();
        }
    }
}
