using Lurm.Index.Graph;
using Lurm.Index.Scanning;

namespace Lurm.Index;

/// <content>Scoring everything: for audiences that are a large share of all, and for filters that pass few.</content>
public sealed unsafe partial class HnswIndex
{
    /// <summary>Slots scored between two looks at the cancellation token.</summary>
    private const int ScanRows = 1024;

    /// <summary>Keys looked up under the lock at a time.</summary>
    private const int LookupKeys = 256;

    /// <summary>Scores every live vector against <paramref name="query"/> and keeps the best, best first.</summary>
    /// <param name="query">Shape [Dimensions].</param>
    /// <param name="hits">Room for the best; its length is how many are wanted.</param>
    /// <param name="filter">Which keys count; all without one.</param>
    /// <param name="threads">Worker threads.</param>
    /// <param name="cancellationToken">Checked once per thousand vectors.</param>
    /// <returns>How many were written: min(k, matches).</returns>
    /// <remarks>
    /// On <see cref="VectorStorage.Float32"/> the answer is exact. On coded storage the first pass keeps somewhat more than k by their
    /// codes and ranks those on float32: a vector just under the last place may be missing, a score never is wrong.
    /// </remarks>
    public int Scan(ReadOnlySpan<float> query, Span<Neighbor> hits, VectorFilter? filter = null, int threads = 1, CancellationToken cancellationToken = default)
    {
        Throw.IfNotAVector(query, Dimensions, nameof(query));
        Throw.IfNoThread(threads);
        if (hits.IsEmpty)
        {
            return 0;
        }

        var state = _pool.Rent();
        try
        {
            state.Prepare(state.Blocks!, 1);
            state.SetQuery(state.Blocks!, query);
            return ScanInto(state.Blocks!, state, hits, filter, threads, cancellationToken);
        }
        finally
        {
            _pool.Return(state);
        }
    }

    private int ScanInto(GraphBlocks blocks, SearchState state, Span<Neighbor> hits, VectorFilter? filter, int threads, CancellationToken cancellationToken)
    {
        var version = Volatile.Read(ref _version);
        var wanted = (int)Math.Min(blocks.Used, FirstPass(hits.Length));
        if (wanted == 0)
        {
            return 0;
        }

        var best = new TopScores(wanted, state);
        if (filter is { KeyCount: >= 0 } && filter.KeyCount < blocks.Used)
        {
            ScanKeys(blocks, state, filter, ref best, cancellationToken);
        }
        else if (threads == 1 || blocks.Used < threads * ScanRows)
        {
            ScanSlots(blocks, state, 0, blocks.Used, filter, ref best, cancellationToken);
        }
        else
        {
            ScanInParallel(blocks, state, filter, threads, ref best, cancellationToken);
        }

        state.Count = best.Finish();
        return Collect(blocks, state, hits, version, filter, ofScan: true);
    }

    /// <summary>How many a first pass over codes keeps for the exact second.</summary>
    private long FirstPass(int k) => Options.Storage == VectorStorage.Float32 ? k : k + Math.Max(32L, k / 4);

    private void ScanSlots(GraphBlocks blocks, SearchState state, int from, int to, VectorFilter? filter, ref TopScores best, CancellationToken cancellationToken)
    {
        if (filter is not null)
        {
            ScanMatches(blocks, state, from, to, filter, ref best, cancellationToken);
            return;
        }

        var scores = stackalloc float[ScanRows];
        for (var first = from; first < to; first += ScanRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = Math.Min(ScanRows, to - first);
            _engine.ScoreRange(blocks, state, first, rows, scores);
            state.Visited += rows;
            for (var i = 0; i < rows; i++)
            {
                if (scores[i] > best.Threshold && blocks.Live[first + i] != 0)
                {
                    best.Add(scores[i], first + i);
                }
            }
        }
    }

    /// <summary>Asks the filter first and scores what passes: for few matches that is far less to read.</summary>
    private void ScanMatches(GraphBlocks blocks, SearchState state, int from, int to, VectorFilter filter, ref TopScores best, CancellationToken cancellationToken)
    {
        var slots = stackalloc int[ScanRows];
        var scores = stackalloc float[ScanRows];
        for (var first = from; first < to; first += ScanRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = filter.Match(blocks.Keys, blocks.Live, first, Math.Min(to, first + ScanRows), slots);
            _engine.ScoreSlots(blocks, state, slots, found, scores);
            state.Visited += found;
            for (var i = 0; i < found; i++)
            {
                if (scores[i] > best.Threshold)
                {
                    best.Add(scores[i], slots[i]);
                }
            }
        }
    }

    private void ScanKeys(GraphBlocks blocks, SearchState state, VectorFilter filter, ref TopScores best, CancellationToken cancellationToken)
    {
        var keys = filter.Keys;
        var slots = stackalloc int[LookupKeys];
        var scores = stackalloc float[LookupKeys];
        for (var first = 0; first < keys.Length; first += LookupKeys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryLookup(blocks, keys.AsSpan(first, Math.Min(LookupKeys, keys.Length - first)), slots, out var found))
            {
                // The index moved on to other blocks; these stay whole for this search, but the map is not of them.
                best.Clear();
                ScanSlots(blocks, state, 0, blocks.Used, filter, ref best, cancellationToken);
                return;
            }

            _engine.ScoreSlots(blocks, state, slots, found, scores);
            state.Visited += found;
            for (var i = 0; i < found; i++)
            {
                if (scores[i] > best.Threshold)
                {
                    best.Add(scores[i], slots[i]);
                }
            }
        }
    }

    private bool TryLookup(GraphBlocks blocks, ReadOnlySpan<long> keys, int* slots, out int found)
    {
        found = 0;
        lock (_slotLock)
        {
            if (!ReferenceEquals(_pool.Current, blocks))
            {
                return false;
            }

            foreach (var key in keys)
            {
                if (_map.TryGet(blocks.Keys, key, out var slot))
                {
                    slots[found++] = slot;
                }
            }

            return true;
        }
    }

    private void ScanInParallel(GraphBlocks blocks, SearchState state, VectorFilter? filter, int threads, ref TopScores best, CancellationToken cancellationToken)
    {
        var parts = new SearchState[threads];
        var used = blocks.Used;
        var wanted = best.Wanted;
        try
        {
            for (var i = 0; i < threads; i++)
            {
                parts[i] = new SearchState();
                parts[i].Prepare(blocks, 1);
                parts[i].SetQuery(blocks, new ReadOnlySpan<float>(state.Exact, blocks.Dimensions));
            }

            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, i =>
            {
                var part = new TopScores(wanted, parts[i]);
                var from = (int)((long)used * i / threads);
                var to = (int)((long)used * (i + 1) / threads);
                ScanSlots(blocks, parts[i], from, to, filter, ref part, cancellationToken);
                parts[i].Count = part.Finish();
            });

            foreach (var part in parts)
            {
                state.Visited += part.Visited;
                for (var i = 0; i < part.Count; i++)
                {
                    best.Add(Candidate.Score(part.List[i]), Candidate.Slot(part.List[i]));
                }
            }
        }
        finally
        {
            foreach (var part in parts)
            {
                part?.Dispose();
            }
        }
    }
}
