using Lurm.Index.Graph;
using Lurm.Index.Quantization;

namespace Lurm.Index;

/// <content>Changing: upsert, remove, re-use of slots, growth.</content>
public sealed unsafe partial class HnswIndex
{
    /// <summary>Removed slots still in someone's list that are let wait before one pass over all lists frees them: 1 / this of all.</summary>
    private const int SweepShare = 50;

    /// <summary>Removals between two looks for slots that no path reaches any more: 1 / this of all, and a few.</summary>
    private const int ReconnectShare = 16;

    /// <summary>Removed slots below which nothing is compacted.</summary>
    private const int CompactSlots = 4096;

    /// <summary>Slots that no list holds, ready for re-use.</summary>
    private readonly Stack<int> _free = new();

    /// <summary>Removed slots that some list may still hold.</summary>
    private readonly List<int> _limbo = [];

    /// <summary>Free runs of upper lists by length.</summary>
    private readonly Dictionary<int, Stack<int>> _freeUpper = [];

    /// <summary>The linked slots by vector; made by the first change.</summary>
    private EqualVectors? _equals;

    /// <summary>Removals since the last look for slots that no path reaches.</summary>
    private int _removals;

    /// <summary>Live vectors at which the int8 steps are fitted again.</summary>
    private int _nextFit = 256;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is not [Dimensions] long or not finite.</exception>
    public void Upsert(long key, ReadOnlySpan<float> vector)
    {
        Throw.IfNotAVector(vector, Dimensions, nameof(vector));
        lock (_writeLock)
        {
            var blocks = Writable();
            var replaces = _map.TryGet(blocks.Keys, key, out var old);
            if (replaces && vector.SequenceEqual(new ReadOnlySpan<float>(blocks.Vector(old), Dimensions)))
            {
                return;
            }

            if (Options.Storage == VectorStorage.Int8 && _map.Count >= _nextFit)
            {
                blocks = Refit(blocks);
            }

            BeginWrite();
            try
            {
                Insert(blocks, key, vector, replaces ? old : -1);
            }
            finally
            {
                EndWrite();
            }
        }
    }

    /// <inheritdoc/>
    public bool Remove(long key)
    {
        lock (_writeLock)
        {
            var blocks = _pool.Current;
            if (!_map.TryGet(blocks.Keys, key, out var slot))
            {
                return false;
            }

            blocks = Writable();
            BeginWrite();
            try
            {
                lock (_slotLock)
                {
                    _map.Remove(blocks.Keys, key);
                    blocks.Live[slot] = 0;
                }

                var state = RentPrepared(blocks);
                try
                {
                    Detach(blocks, state, slot);
                }
                finally
                {
                    _pool.Return(state);
                }
            }
            finally
            {
                EndWrite();
            }

            if (_free.Count + _limbo.Count > Math.Max(CompactSlots, blocks.Used / 2))
            {
                CompactLocked();
            }

            return true;
        }
    }

    private void BeginWrite() => Interlocked.Increment(ref _version);

    private void EndWrite() => Interlocked.Increment(ref _version);

    private SearchState RentPrepared(GraphBlocks blocks)
    {
        var state = _pool.Rent();
        state.Prepare(blocks, Options.EfConstruction);
        return state;
    }

    /// <summary>Puts a vector into a slot of its own, linked or chained to its equal, and only then lets go of the one it replaces.</summary>
    private void Insert(GraphBlocks blocks, long key, ReadOnlySpan<float> vector, int old)
    {
        var equals = _equals ??= EqualVectors.Of(blocks);
        var twinOf = equals.Find(blocks, vector);
        var slot = Take(ref blocks, twinOf >= 0 ? 0 : Levels.Draw(Options, key));
        lock (_slotLock)
        {
            blocks.SetVector(slot, vector);
            blocks.Keys[slot] = key;
        }

        var state = RentPrepared(blocks);
        try
        {
            if (twinOf < 0)
            {
                state.SetQuery(blocks, vector);
                _engine.Link(blocks, state, slot, null, CancellationToken.None);
                equals.Add(blocks, slot);
            }

            lock (_slotLock)
            {
                if (twinOf >= 0)
                {
                    blocks.MakeTwin(slot, twinOf);
                }

                blocks.Live[slot] = 1;
                _map.Set(blocks.Keys, key, slot);
                if (old >= 0)
                {
                    blocks.Live[old] = 0;
                }
            }

            if (old >= 0)
            {
                Detach(blocks, state, old);
            }
        }
        finally
        {
            _pool.Return(state);
        }
    }

    /// <summary>A slot with room for its upper lists; grows the blocks where there is none.</summary>
    private int Take(ref GraphBlocks blocks, int level)
    {
        var upper = 0;
        var hasUpper = level == 0 || (_freeUpper.TryGetValue(level, out var runs) && runs.TryPop(out upper));
        var needsSlot = _free.Count == 0 && blocks.Used == blocks.Capacity;
        var needsUpper = !hasUpper && blocks.UpperUsed + level > blocks.UpperCapacity;
        if (needsSlot || needsUpper)
        {
            blocks = Grow(blocks, needsSlot ? Doubled(blocks.Capacity) : blocks.Capacity, needsUpper ? Doubled(blocks.UpperCapacity + level) : blocks.UpperCapacity);
        }

        if (!hasUpper)
        {
            upper = blocks.UpperUsed;
            blocks.UpperUsed += level;
        }

        if (!_free.TryPop(out var slot))
        {
            slot = blocks.Used;
        }

        lock (_slotLock)
        {
            blocks.Live[slot] = 0;
            blocks.InDegree[slot] = 0;
            blocks.Twins[slot] = slot;
            blocks.UpperStart[slot] = upper;
            blocks.Levels[slot] = (byte)level;
            for (var l = 0; l <= level; l++)
            {
                GraphBlocks.Clear(blocks.LinksOf(slot, l), slot, blocks.LinksAt(l));
            }
        }

        blocks.Used = Math.Max(blocks.Used, slot + 1);
        return slot;
    }

    private static int Doubled(int capacity)
    {
        const int Most = int.MaxValue / 2;
        return capacity < Most
            ? (int)Math.Min(Most, capacity * 2L)
            : throw new IndexException(IndexFault.Unavailable, $"The index is full: it holds {Most:N0} vectors at most. Split it.");
    }

    private GraphBlocks Grow(GraphBlocks blocks, int capacity, int upperCapacity)
    {
        var grown = new GraphBlocks(Options, capacity, upperCapacity, blocks.Scales);
        grown.CopyFrom(blocks);
        lock (_slotLock)
        {
            _pool.Publish(grown);
        }

        return grown;
    }

    /// <summary>Fits the int8 steps to the vectors there are now, and codes all of them again.</summary>
    private GraphBlocks Refit(GraphBlocks blocks)
    {
        _nextFit = (int)Math.Min(int.MaxValue, _map.Count * 8L);
        var fitted = new GraphBlocks(Options, blocks.Capacity, blocks.UpperCapacity, Int8Scales.Fit(blocks.Vectors, blocks.Used, blocks.PaddedLength, blocks.Dimensions));
        fitted.CopyFrom(blocks);
        for (var slot = 0; slot < fitted.Used; slot++)
        {
            fitted.Encode(slot);
        }

        lock (_slotLock)
        {
            _pool.Publish(fitted);
        }

        return fitted;
    }

    /// <summary>Takes a slot that is no longer live out of the graph and overwrites its vector.</summary>
    private void Detach(GraphBlocks blocks, SearchState state, int slot)
    {
        if (TryGiveToTwin(blocks, slot))
        {
            return;
        }

        (_equals ??= EqualVectors.Of(blocks)).Remove(blocks, slot);
        if (blocks.EntryPoint == slot)
        {
            blocks.EntryPoint = HighestLive(blocks);
        }

        _engine.Unlink(blocks, state, slot);
        lock (_slotLock)
        {
            blocks.EraseVector(slot);
            blocks.Keys[slot] = 0;
        }

        if (++_removals > (SmallestCapacity / 8) + (blocks.Used / ReconnectShare))
        {
            _removals = 0;
            _ = _engine.Reconnect(blocks, state, CancellationToken.None);
        }

        if (blocks.Levels[slot] == 0 && blocks.InDegree[slot] == 0)
        {
            _free.Push(slot);
            return;
        }

        _limbo.Add(slot);
        if (_limbo.Count > Math.Max(SmallestCapacity, blocks.Used / SweepShare))
        {
            Sweep(blocks, state);
        }
    }

    /// <summary>Where equal vectors are chained, the first twin moves into the removed slot, and its own is free: no list changes.</summary>
    private bool TryGiveToTwin(GraphBlocks blocks, int slot)
    {
        lock (_slotLock)
        {
            var linked = blocks.IsTwin(slot) ? blocks.LinksOf(slot, 0)[0] : slot;
            var twin = blocks.Twins[linked];
            if (twin == linked)
            {
                return false;
            }

            if (twin != slot)
            {
                blocks.Keys[slot] = blocks.Keys[twin];
                _map.Set(blocks.Keys, blocks.Keys[twin], slot);
                blocks.Live[slot] = 1;
            }

            blocks.Twins[linked] = blocks.Twins[twin] == twin ? linked : blocks.Twins[twin];
            blocks.Twins[twin] = twin;
            blocks.Live[twin] = 0;
            blocks.Levels[twin] = 0;
            blocks.Keys[twin] = 0;
            GraphBlocks.Clear(blocks.LinksOf(twin, 0), twin, blocks.MaxLinks0);
            blocks.EraseVector(twin);
            _free.Push(twin);
            return true;
        }
    }

    private static int HighestLive(GraphBlocks blocks)
    {
        var highest = -1;
        for (var slot = 0; slot < blocks.Used; slot++)
        {
            if (blocks.Live[slot] != 0 && !blocks.IsTwin(slot) && (highest < 0 || blocks.Levels[slot] > blocks.Levels[highest]))
            {
                highest = slot;
            }
        }

        return highest;
    }
}
