using Lurm.Index.Graph;

namespace Lurm.Index;

/// <content>Searching.</content>
public sealed unsafe partial class HnswIndex
{
    /// <inheritdoc/>
    /// <param name="query">The query, shape <c>[Dimensions]</c>; its length scales the scores and changes no order.</param>
    /// <param name="hits">Room for <c>k</c> results; <c>k</c> is its length.</param>
    /// <param name="ef">Beam width (paper: <c>ef</c>), in nodes; raised to <c>k</c> when smaller.</param>
    /// <param name="cancellationToken">Checked once per expanded node.</param>
    /// <returns>How many of <paramref name="hits"/> were written: <c>min(k, live vectors)</c>.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> is not <c>[Dimensions]</c> long or not finite.</exception>
    /// <remarks>Algorithms 2 and 5 of arXiv:1603.09320. Allocates nothing. Cost O(ef · MaxLinks · log n) inner products.</remarks>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, CancellationToken cancellationToken = default)
    {
        Throw.IfNotAVector(query, Dimensions, nameof(query));
        ArgumentOutOfRangeException.ThrowIfLessThan(ef, 1);
        if (hits.IsEmpty)
        {
            return 0;
        }

        var state = _pool.Rent();
        try
        {
            var blocks = state.Blocks!;
            var version = Volatile.Read(ref _version);
            var entry = blocks.EntryPoint;
            if (entry < 0)
            {
                return 0;
            }

            var beam = Math.Max(1, Math.Min(Math.Max(ef, hits.Length), blocks.Used));
            state.Prepare(blocks, beam);
            state.SetQuery(blocks, query);
            entry = _engine.Descend(blocks, state, entry, 0, out var score);
            _engine.Walk(blocks, state, entry, score, 0, beam, cancellationToken);
            var count = Collect(blocks, state, hits, version, null);

            // Rare: removed slots, or an island of the graph, kept the beam from enough live ones.
            return count < hits.Length && count < Count ? ScanInto(blocks, state, hits, null, 1, cancellationToken) : count;
        }
        finally
        {
            _pool.Return(state);
        }
    }

    /// <summary>Writes the best live entries of the beam, each with its twins (of a scan: without, they have entries of their own), scored exactly.</summary>
    private int Collect(GraphBlocks blocks, SearchState state, Span<Neighbor> hits, long version, VectorFilter? filter, bool ofScan = false)
    {
        var depth = RerankDepth(hits.Length, state.Count, filter);
        _engine.Rerank(blocks, state, depth);
        var written = 0;
        for (var i = 0; i < state.Count && written < hits.Length; i++)
        {
            var slot = Candidate.Slot(state.List[i]);
            var score = i < depth ? Candidate.Score(state.List[i]) : _engine.ExactScore(blocks, state.Exact, slot);
            written = Write(blocks, slot, score, hits, written, filter, ofScan);
        }

        if ((version & 1) == 0 && Volatile.Read(ref _version) == version)
        {
            return written;
        }

        return CollectBesideWriter(blocks, state, hits, filter, ofScan);
    }

    /// <summary>As <see cref="Collect"/>, with the slots held still: none can change key, vector or state while it is read.</summary>
    private int CollectBesideWriter(GraphBlocks blocks, SearchState state, Span<Neighbor> hits, VectorFilter? filter, bool ofScan)
    {
        var written = 0;
        lock (_slotLock)
        {
            for (var i = 0; i < state.Count && written < hits.Length; i++)
            {
                // A slot that became a twin beside this search is written by the one it is chained to, or not at all.
                var slot = Candidate.Slot(state.List[i]);
                if (ofScan || !blocks.IsTwin(slot))
                {
                    written = Write(blocks, slot, _engine.ExactScore(blocks, state.Exact, slot), hits, written, filter, ofScan);
                }
            }
        }

        hits[..written].Sort(NearestFirst);
        return written;
    }

    private static int Write(GraphBlocks blocks, int slot, float score, Span<Neighbor> hits, int written, VectorFilter? filter, bool alone)
    {
        // The chain is short and ends in itself; a reader that races with its change stops after as many steps as there are slots.
        for (var steps = 0; steps < blocks.Used && written < hits.Length; steps++)
        {
            var key = blocks.Keys[slot];
            if (blocks.Live[slot] != 0 && (filter is null || filter.Passes(key)))
            {
                hits[written++] = new Neighbor(key, score);
            }

            var next = blocks.Twins[slot];
            if (alone || next == slot)
            {
                break;
            }

            slot = next;
        }

        return written;
    }

    private static readonly Comparison<Neighbor> NearestFirst = static (a, b) =>
        a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Key.CompareTo(b.Key);

    /// <summary>How much of the beam is scored again on float32.</summary>
    private int RerankDepth(int k, int count, VectorFilter? filter) => filter is not null || Options.Storage == VectorStorage.Float32
        ? count
        : Math.Min(count, Math.Max(k * Options.RerankFactor, k + 10));
}
