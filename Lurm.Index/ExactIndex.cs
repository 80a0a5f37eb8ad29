using Lurm.Index.Graph;
using Lurm.Index.Scanning;

namespace Lurm.Index;

/// <summary>Vectors searched by scoring all of them: the exact answer, and the faster one for small sets.</summary>
/// <remarks>Any number of threads may search at once; a writer waits for them, and they for it. Vectors are float32.</remarks>
public sealed unsafe class ExactIndex : IVectorIndex, IDisposable
{
    private const int SmallestCapacity = 64;
    private const int ScanRows = 1024;

    private readonly ReaderWriterLockSlim _lock = new();
    private readonly GraphEngine _engine = GraphEngine.For(VectorStorage.Float32);
    private readonly SlotMap _map = new();
    private readonly HnswOptions _shape;
    private readonly StatePool _pool;

    /// <summary>An empty index.</summary>
    /// <param name="dimensions">Length of every vector, from 1 to 65,536.</param>
    public ExactIndex(int dimensions)
    {
        _shape = new HnswOptions { Dimensions = dimensions };
        _shape.Validate();
        _pool = new StatePool(new GraphBlocks(_shape, SmallestCapacity, 0, null, linked: false));
    }

    /// <inheritdoc/>
    public int Dimensions => _shape.Dimensions;

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            _lock.EnterReadLock();
            try
            {
                return _map.Count;
            }
            finally
            {
                _lock.ExitReadLock();
            }
        }
    }

    /// <inheritdoc/>
    public bool Contains(long key)
    {
        _lock.EnterReadLock();
        try
        {
            return _map.TryGet(_pool.Current.Keys, key, out _);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    public bool TryGetVector(long key, Span<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vector.Length, Dimensions, nameof(vector));
        _lock.EnterReadLock();
        try
        {
            var rows = _pool.Current;
            if (!_map.TryGet(rows.Keys, key, out var row))
            {
                return false;
            }

            new ReadOnlySpan<float>(rows.Vector(row), Dimensions).CopyTo(vector);
            return true;
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is not [Dimensions] long or not finite.</exception>
    public void Upsert(long key, ReadOnlySpan<float> vector)
    {
        Throw.IfNotAVector(vector, Dimensions, nameof(vector));
        _lock.EnterWriteLock();
        try
        {
            var rows = _pool.Current;
            if (!_map.TryGet(rows.Keys, key, out var row))
            {
                rows = rows.Used < rows.Capacity ? rows : Grow(rows);
                row = rows.Used++;
                rows.Keys[row] = key;
                rows.Live[row] = 1;
                _map.Set(rows.Keys, key, row);
            }

            rows.SetVector(row, vector);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    public bool Remove(long key)
    {
        _lock.EnterWriteLock();
        try
        {
            var rows = _pool.Current;
            if (!_map.TryGet(rows.Keys, key, out var row))
            {
                return false;
            }

            // The last row moves into the gap.
            _map.Remove(rows.Keys, key);
            var last = rows.Used - 1;
            if (row != last)
            {
                rows.SetVector(row, new ReadOnlySpan<float>(rows.Vector(last), Dimensions));
                rows.Keys[row] = rows.Keys[last];
                _map.Set(rows.Keys, rows.Keys[row], row);
            }

            rows.EraseVector(last);
            rows.Live[last] = 0;
            rows.Used = last;
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    /// <remarks><paramref name="ef"/> is not used: every vector is scored.</remarks>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ef, 1);
        return Scan(query, hits, null, cancellationToken).Count;
    }

    /// <inheritdoc/>
    /// <remarks><paramref name="ef"/> is not used: every match is scored.</remarks>
    public FilteredSearch Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, VectorFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ef, 1);
        ArgumentNullException.ThrowIfNull(filter);
        return Scan(query, hits, filter, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.EnterWriteLock();
        try
        {
            _map.Clear();
            _pool.Dispose();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    private GraphBlocks Grow(GraphBlocks rows)
    {
        var grown = new GraphBlocks(_shape, (int)Math.Min(int.MaxValue / 2, rows.Capacity * 2L), 0, null, linked: false);
        grown.CopyFrom(rows);
        _pool.Publish(grown);
        return grown;
    }

    private FilteredSearch Scan(ReadOnlySpan<float> query, Span<Neighbor> hits, VectorFilter? filter, CancellationToken cancellationToken)
    {
        Throw.IfNotAVector(query, Dimensions, nameof(query));
        _lock.EnterReadLock();
        SearchState? state = null;
        try
        {
            state = _pool.Rent();
            var rows = state.Blocks!;
            var wanted = Math.Min(hits.Length, rows.Used);
            if (wanted == 0)
            {
                return new FilteredSearch(0, FilterPlan.ExactScan, 0);
            }

            state.Prepare(rows, 1);
            state.SetQuery(rows, query);
            var best = new TopScores(wanted, state);
            ScanRowsInto(rows, state, filter, ref best, cancellationToken);
            var count = best.Finish();
            for (var i = 0; i < count; i++)
            {
                hits[i] = new Neighbor(rows.Keys[Candidate.Slot(state.List[i])], Candidate.Score(state.List[i]));
            }

            return new FilteredSearch(count, FilterPlan.ExactScan, state.Visited);
        }
        finally
        {
            if (state is not null)
            {
                _pool.Return(state);
            }

            _lock.ExitReadLock();
        }
    }

    private void ScanRowsInto(GraphBlocks rows, SearchState state, VectorFilter? filter, ref TopScores best, CancellationToken cancellationToken)
    {
        var scores = stackalloc float[ScanRows];
        for (var first = 0; first < rows.Used; first += ScanRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(ScanRows, rows.Used - first);
            _engine.ScoreRange(rows, state, first, count, scores);
            state.Visited += count;
            for (var i = 0; i < count; i++)
            {
                if (scores[i] > best.Threshold && (filter is null || filter.Passes(rows.Keys[first + i])))
                {
                    best.Add(scores[i], first + i);
                }
            }
        }
    }
}
