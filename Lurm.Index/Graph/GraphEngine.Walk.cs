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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Walk(GraphBlocks g, SearchState s, int start, float startScore, int level, int ef, CancellationToken cancellationToken)
    {
        var list = s.List;
        var stamps = s.Stamps;
        var epoch = s.NextEpoch();
        var query = s.Query;
        var slots = s.Slots;
        var scores = s.Scores;
        var vectors = g.WalkVectors;
        nint stride = g.WalkStride;
        var length = g.WalkLength;
        var most = g.LinksAt(level);
        var snapshot = g.Snapshot;
        var visited = 0L;

        list[0] = Candidate.Pack(startScore, start);
        stamps[start] = epoch;
        var count = 1;
        var worst = ef == 1 ? startScore : float.NegativeInfinity;
        var cursor = 0;
        while (cursor < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slot = Candidate.Slot(list[cursor]);
            list[cursor] |= Candidate.Expanded;
            var links = g.LinksOf(slot, level);
            cursor++;
            if (links != null)
            {
                var fresh = Gather(links, slot, most, stamps, epoch, slots);
                if (snapshot is not null)
                {
                    CheckRows(g, snapshot, slots, fresh);
                }

                Prefetch(vectors, stride, slots, fresh);
                if (cursor < count)
                {
                    PrefetchLinks(g, Candidate.Slot(list[cursor]), level);
                }

                Score(query, vectors, stride, length, slots, fresh, scores);
                visited += fresh;
                for (var i = 0; i < fresh; i++)
                {
                    var score = scores[i];
                    if (score > worst)
                    {
                        var position = Insert(list, ref count, ef, Candidate.Pack(score, slots[i]));
                        if (position < cursor)
                        {
                            cursor = position;
                        }

                        if (count == ef)
                        {
                            worst = Candidate.Score(list[ef - 1]);
                        }
                    }
                }
            }

            while (cursor < count && (list[cursor] & Candidate.Expanded) != 0)
            {
                cursor++;
            }
        }

        s.Count = count;
        s.Visited += visited + 1;
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* vectors, nint stride, int* slots, int count)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            var vector = vectors + (slots[i] * stride);
            for (nint line = 0; line < stride; line += 64)
            {
                Sse.Prefetch0(vector + line);
            }
        }
    }

    /// <summary>Asks for the link list that is next in line: 4 % on float32, 10 % on int8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchLinks(GraphBlocks g, int slot, int level)
    {
        if (!Sse.IsSupported || level != 0)
        {
            return;
        }

        var links = (byte*)(g.Links + ((long)slot * g.MaxLinks0));
        for (var line = 0; line < g.MaxLinks0 * sizeof(int); line += 64)
        {
            Sse.Prefetch0(links + line);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>Puts an entry in its place, dropping the worst of a full list; returns the place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Insert(ulong* list, ref int count, int capacity, ulong entry)
    {
        // Which half holds the place is a coin toss: arithmetic, so that no branch is mispredicted.
        int low = 0, length = count;
        while (length > 0)
        {
            var half = length >> 1;
            int less = Unsafe.BitCast<bool, byte>(list[low + half] < entry);
            low += (half + 1) & -less;
            length = (length - less) >> 1;
        }

        if (low == capacity)
        {
            return low;
        }

        if (count < capacity)
        {
            count++;
        }

        var moved = (uint)(count - 1 - low) * sizeof(ulong);
        Buffer.MemoryCopy(list + low, list + low + 1, moved, moved);
        list[low] = entry;
        return low;
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
                Sse.Prefetch0(vector + line);
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
