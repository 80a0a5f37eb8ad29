using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Lurm.Index.Distances;
using Lurm.Index.Snapshots;

namespace Lurm.Index.Graph;

/// <inheritdoc/>
/// <typeparam name="TWalk">Kernel of the stored form that walks read.</typeparam>
/// <typeparam name="TExact">Kernel of the float32 vectors.</typeparam>
internal sealed unsafe partial class GraphEngine<TWalk, TExact> : GraphEngine
    where TWalk : struct, IDotKernel
    where TExact : struct, IDotKernel
{
    /// <summary>Rows asked for before they are ranked again: enough to hide memory, few enough to stay in the first-level cache.</summary>
    private const int RerankAhead = 16;

    private static readonly bool IsExactWalk = typeof(TWalk) == typeof(TExact);

    public override string KernelName => TWalk.Name;

    public override float ExactScore(GraphBlocks g, float* query, int slot)
    {
        long row = g.PaddedLength * sizeof(float);
        g.Snapshot?.CheckWalk(codes: false, slot * row, row);
        return TExact.Dot((byte*)query, (byte*)g.Vector(slot), g.PaddedLength);
    }

    public override int Descend(GraphBlocks g, SearchState s, int entry, int level, out float score)
    {
        var nearest = entry;
        g.Snapshot?.CheckWalk(g.Shape.HasCodes, (long)entry * g.WalkStride, g.WalkStride);
        score = TWalk.Dot(s.Query, g.WalkVector(nearest), g.WalkLength);
        for (var l = (int)g.Levels[nearest]; l > level; l--)
        {
            nearest = Climb(g, s, nearest, ref score, l);
        }

        return nearest;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Two nodes are in the air: while the vectors of one node's links are on their way from memory, those of the node before are scored.
    /// So a node is chosen before the links of the last one are known, and the beam ends the same after a few percent more vectors.
    /// The steps are methods of their own, each with the registers to itself: inlined into one, half of what they touch is spilled.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public override void Walk(GraphBlocks g, SearchState s, int start, float startScore, int level, int ef, CancellationToken cancellationToken)
    {
        var list = s.List;
        var epoch = s.NextEpoch();
        var most = g.LinksAt(level);
        var coming = s.Slots;
        var arrived = s.Slots + most;
        var (count, cursor, waiting) = (1, 0, 0);
        list[0] = Candidate.Pack(startScore, start);
        s.Stamps[start] = epoch;
        s.Visited++;
        while (true)
        {
            var fresh = 0;
            if (cursor < count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var slot = Candidate.Slot(list[cursor]);
                list[cursor] |= Candidate.Expanded;
                var links = g.LinksOf(slot, level);
                if (links != null)
                {
                    fresh = Gather(links, slot, most, s.Stamps, epoch, coming);
                    if (g.Snapshot is { } snapshot)
                    {
                        CheckRows(g, snapshot, coming, fresh);
                    }

                    Prefetch(g.WalkVectors, g.WalkStride, coming, fresh);
                }

                cursor = Beam.NextUnexpanded(list, cursor, count);
                PrefetchLinks(g, list, cursor, count, level);
            }
            else if (waiting == 0)
            {
                break;
            }

            if (waiting > 0)
            {
                Score(s.Query, g.WalkVectors, g.WalkStride, g.WalkLength, arrived, waiting, s.Scores);
                s.Visited += waiting;
                var better = Beam.Filter(s.Scores, arrived, waiting, count == ef ? list[ef - 1] : ulong.MaxValue, s.Packed);
                if (better > 0)
                {
                    var first = Beam.Merge(list, count, s.Packed, better);
                    count = Math.Min(ef, count + better);
                    if (first < cursor)
                    {
                        cursor = first;
                        PrefetchLinks(g, list, cursor, count, level);
                    }
                }
            }

            var free = arrived;
            arrived = coming;
            coming = free;
            waiting = fresh;
        }

        s.Count = count;
    }

    public override void Rerank(GraphBlocks g, SearchState s, int depth)
    {
        depth = Math.Min(depth, s.Count);
        var list = s.List;
        if (IsExactWalk)
        {
            return;
        }

        PrefetchExact(g, list, 0, Math.Min(depth, RerankAhead));
        for (var i = 0; i < depth; i++)
        {
            PrefetchExact(g, list, i + RerankAhead, Math.Min(depth, i + RerankAhead + 1));
            var slot = Candidate.Slot(list[i]);
            list[i] = Candidate.Pack(ExactScore(g, s.Exact, slot), slot);
        }

        new Span<ulong>(list, depth).Sort();
    }

    /// <summary>Copies the links not stamped yet, without a branch per link, and stamps them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Gather(int* links, int slot, int most, byte* stamps, byte epoch, int* fresh)
    {
        var count = 0;
        for (var i = 0; i < most; i++)
        {
            var next = links[i];
            if (next == slot)
            {
                break;
            }

            fresh[count] = next;
            count += stamps[next] == epoch ? 0 : 1;
            stamps[next] = epoch;
        }

        return count;
    }

    /// <summary>Asks for every cache line of every vector before the first is read; fewer lines were no better than none.</summary>
    /// <remarks>
    /// Into the second-level cache: it has room for the lines of two nodes, and takes far more misses at once than the first. On Zen 4
    /// prefetching 102 MB of float32 rows into the first level is no faster than not at all, and into the second takes 0.55 of the time.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Prefetch(byte* vectors, nint stride, int* slots, int count)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        // Rows that do not start at a line may reach into one more: smaller steps, so that the last is at the end. Asking twice is cheaper than a branch.
        var step = stride % 64 == 0 ? 64 : (stride - 1) / ((stride / 64) + 1);
        for (var i = 0; i < count; i++)
        {
            var vector = vectors + (slots[i] * stride);
            for (nint at = 0; at < stride; at += step)
            {
                Sse.Prefetch1(vector + at);
            }
        }
    }

    /// <summary>Asks for the link list of the node that is next in line, if there is one: 4 % on float32, 10 % on int8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchLinks(GraphBlocks g, ulong* list, int cursor, int count, int level)
    {
        if (cursor < count && level == 0)
        {
            PrefetchLinks(g, Candidate.Slot(list[cursor]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchLinks(GraphBlocks g, int slot)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var links = (byte*)(g.Links + ((long)slot * g.MaxLinks0));
        for (var line = 0; line < g.MaxLinks0 * sizeof(int); line += 64)
        {
            Sse.Prefetch1(links + line);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Score(byte* query, byte* vectors, nint stride, int length, int* slots, int count, float* scores)
    {
        var i = 0;
        for (; i <= count - 4; i += 4)
        {
            TWalk.Dot4(query, vectors + (slots[i] * stride), vectors + (slots[i + 1] * stride), vectors + (slots[i + 2] * stride), vectors + (slots[i + 3] * stride), length, scores + i);
        }

        for (; i < count; i++)
        {
            scores[i] = TWalk.Dot(query, vectors + (slots[i] * stride), length);
        }
    }

    /// <summary>Verifies the blocks that hold these rows of a mapped snapshot, if nobody has yet.</summary>
    private static void CheckRows(GraphBlocks g, Snapshot snapshot, int* slots, int count)
    {
        for (var i = 0; i < count; i++)
        {
            snapshot.CheckWalk(g.Shape.HasCodes, (long)slots[i] * g.WalkStride, g.WalkStride);
        }
    }

    private static void PrefetchExact(GraphBlocks g, ulong* list, int from, int to)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var i = from; i < to; i++)
        {
            var vector = (byte*)g.Vector(Candidate.Slot(list[i]));
            for (var line = 0; line < g.PaddedLength * sizeof(float); line += 64)
            {
                Sse.Prefetch1(vector + line);
            }
        }
    }

    /// <summary>Follows the best link of one layer until none is better.</summary>
    private static int Climb(GraphBlocks g, SearchState s, int slot, ref float score, int level)
    {
        while (true)
        {
            var links = g.LinksOf(slot, level);
            if (links == null)
            {
                return slot;
            }

            var count = GraphBlocks.Degree(links, slot, g.MaxLinks);
            if (g.Snapshot is { } snapshot)
            {
                CheckRows(g, snapshot, links, count);
            }

            Prefetch(g.WalkVectors, g.WalkStride, links, count);
            Score(s.Query, g.WalkVectors, g.WalkStride, g.WalkLength, links, count, s.Scores);
            s.Visited += count;
            var best = -1;
            for (var i = 0; i < count; i++)
            {
                if (s.Scores[i] > score && g.Live[links[i]] != 0)
                {
                    score = s.Scores[i];
                    best = links[i];
                }
            }

            if (best < 0)
            {
                return slot;
            }

            slot = best;
        }
    }
}
