using Lurm.Index.Graph;
using Lurm.Index.Quantization;

namespace Lurm.Index;

/// <summary>Approximate nearest neighbours by a hierarchical navigable small-world graph (arXiv:1603.09320).</summary>
/// <remarks>
/// <para>Scores are inner products; vectors are expected to be of unit length (then the score is the cosine). Others are ranked by
/// inner product all the same, without a promise of recall.</para>
/// <para><b>Threads.</b> Any number of threads may call any member. Writers (<see cref="Upsert"/>, <see cref="Remove"/>,
/// <see cref="Compact"/>, <see cref="Save"/>) wait for each other; searches wait for nobody and stop for nobody. A search beside a
/// writer returns keys that were live at some moment between its call and its return, each scored on one whole vector of that key,
/// none twice; a removed key is not returned by any search that starts after <see cref="Remove"/> has returned.</para>
/// <para>Equal vectors are linked once and chained: any number of users with the same history neither crowd a search nor break the graph.</para>
/// <para>Dispose it when done: vectors and links live in native memory.</para>
/// </remarks>
public sealed partial class HnswIndex : IVectorIndex, IDisposable
{
    private const int SmallestCapacity = 64;

    private readonly GraphEngine _engine;
    private readonly StatePool _pool;

    /// <summary>One writer at a time.</summary>
    private readonly Lock _writeLock = new();

    /// <summary>Held for the moments in which a slot changes its key, vector or state; never while a graph is walked.</summary>
    private readonly Lock _slotLock = new();

    private readonly SlotMap _map = new();

    /// <summary>Odd while a writer is at work; searches that saw it change check their hits again.</summary>
    private long _version;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public HnswIndex(HnswOptions options)
        : this(Validated(options), NewBlocks(options, SmallestCapacity, options.Storage == VectorStorage.Int8 ? Int8Scales.ForUnitVectors(options.Dimensions) : null))
    {
    }

    private HnswIndex(HnswOptions options, GraphBlocks blocks)
    {
        Options = options;
        _engine = GraphEngine.For(options.Storage);
        _pool = new StatePool(blocks);
    }

    /// <summary>What it was built with.</summary>
    public HnswOptions Options { get; }

    /// <inheritdoc/>
    public int Dimensions => Options.Dimensions;

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            lock (_slotLock)
            {
                return _map.Count;
            }
        }
    }

    /// <summary>What it takes, block by block; for benchmarks.</summary>
    internal IndexBytes Bytes
    {
        get
        {
            lock (_slotLock)
            {
                return _pool.Current.Bytes with { KeyMap = _map.Bytes, Searches = _pool.Bytes };
            }
        }
    }

    /// <summary>Slots in use, free ones included; for tests.</summary>
    internal int Slots => _pool.Current.Used;

    /// <summary>Builds an index over <paramref name="vectors"/>, row i belonging to <c>keys[i]</c>.</summary>
    /// <param name="options">What to build with.</param>
    /// <param name="keys">One key per row, all different.</param>
    /// <param name="vectors">Row-major, shape [keys.Length × Dimensions].</param>
    /// <param name="threads">Worker threads; 1 gives the same graph every time.</param>
    /// <param name="progress">Told how many rows stand.</param>
    /// <param name="cancellationToken">Checked once per row.</param>
    /// <exception cref="ArgumentException">A key is there twice, or the shapes do not fit.</exception>
    public static HnswIndex Build(HnswOptions options, ReadOnlyMemory<long> keys, ReadOnlyMemory<float> vectors, int threads = 1, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        Validated(options);
        Throw.IfNoThread(threads);
        if (vectors.Length != (long)keys.Length * options.Dimensions)
        {
            throw new ArgumentException($"{keys.Length:N0} keys of {options.Dimensions} dimensions need {(long)keys.Length * options.Dimensions:N0} components; there are {vectors.Length:N0}.", nameof(vectors));
        }

        var blocks = Fill(options, keys.Span, vectors.Span);
        HnswIndex? index = null;
        try
        {
            index = new HnswIndex(options, blocks);
            index.MapKeys(blocks);
            GraphBuilder.LinkAll(index._engine, blocks, threads, progress, cancellationToken);
            index.MapKeys(blocks);
            return index;
        }
        catch
        {
            index?.Dispose();
            blocks.Dispose();
            throw;
        }
    }

    /// <summary>Rows without links, which only <see cref="Scan"/> may be asked about; benchmarks of scans need no graph.</summary>
    internal static HnswIndex BuildUnlinked(HnswOptions options, ReadOnlySpan<long> keys, ReadOnlySpan<float> vectors)
    {
        var blocks = Fill(Validated(options), keys, vectors);
        var index = new HnswIndex(options, blocks);
        index.MapKeys(blocks);
        return index;
    }

    /// <inheritdoc/>
    public bool Contains(long key)
    {
        lock (_slotLock)
        {
            unsafe
            {
                return _map.TryGet(_pool.Current.Keys, key, out _);
            }
        }
    }

    /// <inheritdoc/>
    public unsafe bool TryGetVector(long key, Span<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vector.Length, Dimensions, nameof(vector));
        lock (_slotLock)
        {
            var blocks = _pool.Current;
            if (!_map.TryGet(blocks.Keys, key, out var slot))
            {
                return false;
            }

            long row = blocks.PaddedLength * sizeof(float);
            blocks.Snapshot?.CheckWalk(codes: false, slot * row, row);
            new ReadOnlySpan<float>(blocks.Vector(slot), Dimensions).CopyTo(vector);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writeLock)
        {
            lock (_slotLock)
            {
                _map.Clear();
                _pool.Dispose();
            }
        }
    }

    private static HnswOptions Validated(HnswOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }

    private static unsafe GraphBlocks Fill(HnswOptions options, ReadOnlySpan<long> keys, ReadOnlySpan<float> vectors)
    {
        Int8Scales? scales = null;
        var upper = 0;
        foreach (var key in keys)
        {
            upper += Levels.Draw(options, key);
        }

        if (options.Storage == VectorStorage.Int8)
        {
            fixed (float* rows = vectors)
            {
                scales = Int8Scales.Fit(rows, keys.Length, options.Dimensions, options.Dimensions);
            }
        }

        var blocks = new GraphBlocks(options, Math.Max(keys.Length, SmallestCapacity), upper + 8, scales);
        try
        {
            for (var slot = 0; slot < keys.Length; slot++)
            {
                var vector = vectors.Slice(slot * options.Dimensions, options.Dimensions);
                Throw.IfNotAVector(vector, options.Dimensions, nameof(vectors));
                blocks.SetVector(slot, vector);
                blocks.Keys[slot] = keys[slot];
                blocks.Live[slot] = 1;
                blocks.Twins[slot] = slot;
                var level = Levels.Draw(options, keys[slot]);
                blocks.Levels[slot] = (byte)level;
                blocks.UpperStart[slot] = blocks.UpperUsed;
                blocks.UpperUsed += level;
            }

            blocks.Used = keys.Length;
            _ = EqualVectors.Chain(blocks);
            return blocks;
        }
        catch
        {
            blocks.Dispose();
            throw;
        }
    }

    private static GraphBlocks NewBlocks(HnswOptions options, int capacity, Int8Scales? scales) =>
        new(options, capacity, UpperCapacityFor(options, capacity), scales);

    private static int UpperCapacityFor(HnswOptions options, int capacity) =>
        (int)Math.Min(int.MaxValue, (capacity * 1.2 / (options.MaxLinks - 1)) + 32);

    private unsafe void MapKeys(GraphBlocks blocks)
    {
        _map.Clear();
        _map.Reserve(blocks.Keys, blocks.Used);
        for (var slot = 0; slot < blocks.Used; slot++)
        {
            if (blocks.Live[slot] == 0)
            {
                continue;
            }

            if (!_map.TryAdd(blocks.Keys, blocks.Keys[slot], slot, out var other))
            {
                throw new ArgumentException($"Key {blocks.Keys[slot]} is in row {other} and in row {slot}; every key must be there once.");
            }
        }
    }
}
