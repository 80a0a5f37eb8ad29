namespace Lurm.Index.Graph;

/// <summary>Builds a graph over rows that are all known, on one thread or several.</summary>
internal static unsafe class GraphBuilder
{
    /// <summary>Rows between two reports of progress.</summary>
    private const int ProgressRows = 1024;

    /// <summary>Links slots [0, <see cref="GraphBlocks.Used"/>), whose vectors, keys and levels are set, and lays them in the order of <see cref="SlotOrder"/>.</summary>
    public static void LinkAll(GraphEngine engine, GraphBlocks blocks, int threads, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (blocks.Used == 0)
        {
            return;
        }

        if (threads == 1)
        {
            var next = 0;
            LinkRows(engine, blocks, null, ref next, progress, cancellationToken);
        }
        else
        {
            LinkInParallel(engine, blocks, threads, progress, cancellationToken);
        }

        var state = new SearchState();
        try
        {
            state.Prepare(blocks, blocks.Options.EfConstruction);
            _ = engine.Reconnect(blocks, state, cancellationToken);
        }
        finally
        {
            state.Dispose();
        }

        SlotOrder.Apply(blocks);
        progress?.Report(blocks.Used);
    }

    private static void LinkInParallel(GraphEngine engine, GraphBlocks blocks, int threads, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var locks = new LinkLocks();
        var next = 1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? failure = null;
        for (var slot = 0; slot < blocks.Used; slot++)
        {
            // Lists must be empty before others can find and fill them.
            for (var level = 0; level <= blocks.LevelOf(slot) && !blocks.IsTwin(slot); level++)
            {
                GraphBlocks.Clear(blocks.LinksOf(slot, level), slot, blocks.LinksAt(level));
            }
        }

        blocks.EntryPoint = 0;
        var workers = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            workers[i] = new Thread(() =>
            {
                try
                {
                    LinkRows(engine, blocks, locks, ref next, progress, stop.Token);
                }
                catch (Exception e) when (e is OperationCanceledException or IndexException or OutOfMemoryException)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                    stop.Cancel();
                }
            })
            { IsBackground = true, Name = $"lurm-build-{i}" };
            workers[i].Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static void LinkRows(GraphEngine engine, GraphBlocks blocks, LinkLocks? locks, ref int next, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var state = new SearchState();
        try
        {
            state.Prepare(blocks, blocks.Options.EfConstruction);
            while (true)
            {
                var slot = Interlocked.Increment(ref next) - 1;
                if (slot >= blocks.Used)
                {
                    return;
                }

                cancellationToken.ThrowIfCancellationRequested();
                if (blocks.IsTwin(slot))
                {
                    continue;
                }

                state.SetQuery(blocks, new ReadOnlySpan<float>(blocks.Vector(slot), blocks.Dimensions));
                engine.Link(blocks, state, slot, locks, cancellationToken);
                if (slot % ProgressRows == 0)
                {
                    progress?.Report(slot);
                }
            }
        }
        finally
        {
            state.Dispose();
        }
    }
}
