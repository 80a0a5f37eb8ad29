namespace Lurm.Store.Generations;

/// <summary>The generation this process serves, kept up with the database: looked at when a query asks, at most once a second.</summary>
/// <remarks>Any number of threads. Queries never wait for a swap: they go on with the old view until the new one stands.</remarks>
internal sealed class GenerationViews(LurmDatabase database) : IDisposable
{
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>A process that nobody asked for longer than this waits for the new generation rather than answering from an old one.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    /// <summary>Changes that the query which finds them applies itself: some milliseconds of its time.</summary>
    private const int ChangesAtOnce = 16;

    private readonly Lock _refresh = new();
    private GenerationView? _current;
    private Task _swap = Task.CompletedTask;
    private long _lastLook;
    private bool _disposed;

    /// <summary>Whether a view has been opened.</summary>
    public bool IsOpen => Volatile.Read(ref _current) is not null;

    /// <summary>Why the current view's index was built and not opened; null where it was opened, or nothing is.</summary>
    public string? Fallback => Volatile.Read(ref _current)?.Fallback;

    /// <summary>Borrows the current view; dispose it when done.</summary>
    /// <exception cref="StoreException">Unavailable: no generation is published yet.</exception>
    public GenerationView Borrow(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(LurmDatabase));
        if (Volatile.Read(ref _current) is null)
        {
            Refresh(background: false, cancellationToken);
        }
        else
        {
            var pause = database.Time.GetElapsedTime(Volatile.Read(ref _lastLook));
            if (pause >= LookPause)
            {
                RefreshUnlessBusy(background: pause < Idle, cancellationToken);
            }
        }

        while (true)
        {
            var view = Volatile.Read(ref _current) ?? throw NothingPublished();
            if (view.TryBorrow())
            {
                return view;
            }
        }
    }

    /// <summary>Replaces <paramref name="damaged"/>, whose snapshot has a block that does not hold, by a view built from the representations; the rest of the file is not trusted either.</summary>
    public void Rebuild(GenerationView damaged, string reason, CancellationToken cancellationToken)
    {
        lock (_refresh)
        {
            if (!ReferenceEquals(_current, damaged))
            {
                return; // Another query met the same block first.
            }

            Put(GenerationView.Build(database, damaged.Generation, reason, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Looks now, whatever the clock says, and waits for what is new.</summary>
    public void Refresh(CancellationToken cancellationToken) => Refresh(background: false, cancellationToken);

    public void Dispose()
    {
        Task swap;
        lock (_refresh)
        {
            _disposed = true;
            swap = _swap;
        }

        End(swap, CancellationToken.None);
        Interlocked.Exchange(ref _current, null)?.Dispose();
    }

    private StoreException NothingPublished()
    {
        using var read = database.Connections.Read();
        return ModelRow.Next(read.Session) is null
            ? new StoreException(StoreFault.Unavailable, $"'{database.Folder}' has no model yet. Train one: run 'lurm-train fit', then 'lurm embed'.")
            : new StoreException(StoreFault.Unavailable, $"'{database.Folder}' has no representations yet. Run 'lurm embed'.");
    }

    // A swap in the background ends by itself; its fault was its own.
    private static void End(Task swap, CancellationToken cancellationToken) =>
        swap.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait(cancellationToken);

    private void RefreshUnlessBusy(bool background, CancellationToken cancellationToken)
    {
        if (!_refresh.TryEnter())
        {
            return;
        }

        try
        {
            RefreshLocked(background, cancellationToken);
        }
        finally
        {
            _refresh.Exit();
        }
    }

    private void Refresh(bool background, CancellationToken cancellationToken)
    {
        lock (_refresh)
        {
            RefreshLocked(background, cancellationToken);
        }
    }

    private void RefreshLocked(bool background, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastLook, database.Time.GetTimestamp());
        if (!_swap.IsCompleted)
        {
            if (background)
            {
                return;
            }

            End(_swap, cancellationToken);
        }

        Generation? published;
        long change;
        using (var read = database.Connections.ReadSnapshot())
        {
            published = GenerationTable.Published(read.Session);
            change = GenerationTable.LastChange(read.Session);
        }

        var current = _current;
        if (published is null || (current?.Generation.Number == published.Number && current.AppliedChange >= change))
        {
            return;
        }

        // A few changes are applied at once; more of them, or another generation, while queries go on with what they have.
        if (background && (current!.Generation.Number != published.Number || change - current.AppliedChange > ChangesAtOnce))
        {
            _swap = Task.Run(() => Follow(current, published, CancellationToken.None), CancellationToken.None);
            return;
        }

        Follow(current, published, cancellationToken);
    }

    private void Follow(GenerationView? current, Generation published, CancellationToken cancellationToken)
    {
        if (current?.Generation.Number != published.Number || !current.ApplyChanges(database.Connections, cancellationToken))
        {
            Swap(published, cancellationToken);
        }
    }

    private void Swap(Generation generation, CancellationToken cancellationToken) => Put(GenerationView.Open(database, generation, cancellationToken), cancellationToken);

    private void Put(GenerationView next, CancellationToken cancellationToken)
    {
        next.ApplyChanges(database.Connections, cancellationToken);
        Interlocked.Exchange(ref _current, next)?.Dispose();
    }
}
