namespace Lurm.Index.Graph;

/// <summary>The search states of one index, and who still reads which blocks.</summary>
/// <remarks>
/// A rented state names the blocks it reads (a hazard pointer). Replaced blocks wait here and are freed, by whoever comes first of the
/// next writer and the last searcher, once no state names them.
/// </remarks>
internal sealed class StatePool : IDisposable
{
    private const int FastSlots = 64;

    private readonly SearchState?[] _fast = new SearchState?[FastSlots];
    private readonly Lock _lock = new();
    private readonly Stack<SearchState> _spare = new();
    private readonly List<SearchState> _all = [];
    private readonly List<GraphBlocks> _retired = [];
    private GraphBlocks? _current;
    private volatile int _retiredCount;
    private volatile bool _disposed;

    public StatePool(GraphBlocks blocks) => _current = blocks;

    /// <summary>What searches read from now on.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public GraphBlocks Current => Volatile.Read(ref _current) ?? throw new ObjectDisposedException(nameof(HnswIndex));

    /// <summary>Native bytes of all its states; exact where no search runs.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _all.Sum(state => state.Bytes);
            }
        }
    }

    /// <summary>A state whose <see cref="SearchState.Blocks"/> are the current ones and stay until it is returned.</summary>
    public SearchState Rent()
    {
        ref var fast = ref _fast[Environment.CurrentManagedThreadId & (FastSlots - 1)];
        var state = Interlocked.Exchange(ref fast, null) ?? RentSlowly();
        while (true)
        {
            var blocks = Volatile.Read(ref _current);
            Interlocked.Exchange(ref state.Blocks, blocks);
            if (ReferenceEquals(blocks, Volatile.Read(ref _current)))
            {
                if (blocks is not null)
                {
                    return state;
                }

                Return(state);
                throw new ObjectDisposedException(nameof(HnswIndex));
            }
        }
    }

    /// <summary>Takes a state back.</summary>
    public void Return(SearchState state)
    {
        Volatile.Write(ref state.Blocks, null);
        if (_retiredCount > 0 || _disposed)
        {
            Interlocked.MemoryBarrier();
            FreeRetired();
        }

        ref var fast = ref _fast[Environment.CurrentManagedThreadId & (FastSlots - 1)];
        if (_disposed || Interlocked.CompareExchange(ref fast, state, null) is not null)
        {
            lock (_lock)
            {
                if (_disposed)
                {
                    state.Dispose();
                    return;
                }

                _spare.Push(state);
            }
        }
    }

    /// <summary>Makes <paramref name="blocks"/> the current ones and frees the old as soon as nobody reads them.</summary>
    public void Publish(GraphBlocks? blocks)
    {
        lock (_lock)
        {
            var old = _current;
            Interlocked.Exchange(ref _current, blocks);
            if (old is not null)
            {
                _retired.Add(old);
                _retiredCount = _retired.Count;
            }
        }

        FreeRetired();
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Publish(null);
        lock (_lock)
        {
            for (var i = 0; i < FastSlots; i++)
            {
                Interlocked.Exchange(ref _fast[i], null)?.Dispose();
            }

            while (_spare.TryPop(out var state))
            {
                state.Dispose();
            }
        }
    }

    private SearchState RentSlowly()
    {
        lock (_lock)
        {
            if (_spare.TryPop(out var spare))
            {
                return spare;
            }

            var state = new SearchState();
            _all.Add(state);
            return state;
        }
    }

    private void FreeRetired()
    {
        lock (_lock)
        {
            for (var i = _retired.Count - 1; i >= 0; i--)
            {
                if (!IsRead(_retired[i]))
                {
                    _retired[i].Dispose();
                    _retired.RemoveAt(i);
                }
            }

            _retiredCount = _retired.Count;
        }
    }

    private bool IsRead(GraphBlocks blocks)
    {
        foreach (var state in _all)
        {
            if (ReferenceEquals(Volatile.Read(ref state.Blocks), blocks))
            {
                return true;
            }
        }

        return false;
    }
}
