namespace Lurm.Index.Graph;

/// <content>Removing: local repair around the removed slot, and the pass that makes every slot reachable.</content>
internal sealed unsafe partial class GraphEngine<TWalk, TExact>
{
    /// <summary>Most rounds of <see cref="Reconnect"/>; each leaves fewer slots out, and one is the rule.</summary>
    private const int ReconnectRounds = 8;

    public override void Unlink(GraphBlocks g, SearchState s, int slot)
    {
        for (int level = g.Levels[slot]; level >= 0; level--)
        {
            UnlinkLayer(g, s, slot, level);
        }
    }

    public override int Reconnect(GraphBlocks g, SearchState s, CancellationToken cancellationToken)
    {
        var found = 0;
        for (var round = 0; round < ReconnectRounds; round++)
        {
            var reached = Reach(g);
            var lost = 0;
            for (var slot = 0; slot < g.Used; slot++)
            {
                if (g.Live[slot] != 0 && !reached[slot] && !g.IsTwin(slot))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    lost++;
                    Attach(g, s, slot, cancellationToken);
                }
            }

            found = Math.Max(found, lost);
            if (lost == 0)
            {
                break;
            }
        }

        return found;
    }

    public override void ScoreRange(GraphBlocks g, SearchState s, int first, int count, float* scores)
    {
        g.Snapshot?.CheckWalk(g.Shape.HasCodes, (long)first * g.WalkStride, (long)count * g.WalkStride);
        var vector = g.WalkVector(first);
        nint stride = g.WalkStride;
        var i = 0;
        for (; i <= count - 4; i += 4, vector += 4 * stride)
        {
            TWalk.Dot4(s.Query, vector, vector + stride, vector + (2 * stride), vector + (3 * stride), g.WalkLength, scores + i);
        }

        for (; i < count; i++, vector += stride)
        {
            scores[i] = TWalk.Dot(s.Query, vector, g.WalkLength);
        }
    }

    public override void ScoreSlots(GraphBlocks g, SearchState s, int* slots, int count, float* scores)
    {
        long row = g.PaddedLength * sizeof(float);
        for (var i = 0; g.Snapshot is { } snapshot && i < count; i++)
        {
            snapshot.CheckWalk(codes: false, slots[i] * row, row);
        }

        Prefetch((byte*)g.Vectors, g.PaddedLength * sizeof(float), slots, count);
        ScoreExact(g, (byte*)s.Exact, slots, count, scores);
    }

    /// <summary>Finds the lists that hold the slot among its links and theirs, mends each, and empties the slot's own.</summary>
    private static void UnlinkLayer(GraphBlocks g, SearchState s, int slot, int level)
    {
        var most = g.LinksAt(level);
        var own = g.LinksOf(slot, level);
        var degree = GraphBlocks.Degree(own, slot, most);
        var outs = s.Slots + most;
        new Span<int>(own, degree).CopyTo(new Span<int>(outs, degree));

        var stamps = s.Stamps;
        var epoch = s.NextEpoch();
        stamps[slot] = epoch;
        for (var i = 0; i < degree; i++)
        {
            var near = outs[i];
            if (stamps[near] != epoch)
            {
                stamps[near] = epoch;
                Mend(g, s, near, slot, level, outs, degree);
            }

            if (level == 0 && g.InDegree[slot] == 0)
            {
                break;
            }

            var list = g.LinksOf(near, level);
            for (var j = 0; j < most && list[j] != near; j++)
            {
                var second = list[j];
                if (stamps[second] != epoch)
                {
                    stamps[second] = epoch;
                    Mend(g, s, second, slot, level, outs, degree);
                }
            }
        }

        GraphBlocks.Clear(own, slot, most);
        for (var i = 0; i < degree; i++)
        {
            CountIn(g, outs[i], level, -1);
        }

        for (var i = 0; level == 0 && i < degree; i++)
        {
            if (g.InDegree[outs[i]] == 0 && g.Live[outs[i]] != 0)
            {
                Adopt(g, outs[i]);
            }
        }
    }

    /// <summary>If <paramref name="holder"/> links to the removed slot, the best of that slot's links takes the place.</summary>
    private static void Mend(GraphBlocks g, SearchState s, int holder, int removed, int level, int* outs, int count)
    {
        var most = g.LinksAt(level);
        var links = g.LinksOf(holder, level);
        var place = new Span<int>(links, most).IndexOf(removed);
        if (place < 0 || holder == removed)
        {
            return;
        }

        // Searches that pass here now see the list without the removed slot, whole at every step.
        var degree = GraphBlocks.Degree(links, holder, most) - 1;
        links[place] = links[degree];
        links[degree] = holder;
        CountIn(g, removed, level, -1);
        if (g.Live[holder] == 0)
        {
            return;
        }

        var packed = s.Packed;
        var candidates = 0;
        var vector = g.Vector(holder);
        ScoreExact(g, (byte*)vector, outs, count, s.Scores);
        for (var i = 0; i < count; i++)
        {
            if (outs[i] != holder && g.Live[outs[i]] != 0)
            {
                packed[candidates++] = Candidate.Pack(s.Scores[i], outs[i]);
            }
        }

        new Span<ulong>(packed, candidates).Sort();
        var scores = stackalloc float[4];
        for (var i = 0; i < candidates; i++)
        {
            var next = Candidate.Slot(packed[i]);
            if (!new Span<int>(links, degree).Contains(next) && IsDiverse(g, (byte*)g.Vector(next), Candidate.Score(packed[i]), links, degree, scores))
            {
                links[degree] = next;
                CountIn(g, next, level, 1);
                return;
            }
        }
    }

    /// <summary>Finds a new in-link for a slot that lost its last: from the nearest of its own links that has room to give.</summary>
    private static void Adopt(GraphBlocks g, int slot)
    {
        var links = g.LinksOf(slot, 0);
        var degree = GraphBlocks.Degree(links, slot, g.MaxLinks0);
        for (var i = 0; i < degree; i++)
        {
            if (g.Live[links[i]] != 0 && ForceBacklink(g, links[i], slot, null))
            {
                return;
            }
        }
    }

    /// <summary>Which slots layer 0 reaches from the entry point.</summary>
    private static bool[] Reach(GraphBlocks g)
    {
        var reached = new bool[g.Used];
        if (g.EntryPoint < 0)
        {
            return reached;
        }

        var queue = new int[g.Used];
        var (head, tail) = (0, 1);
        queue[0] = g.EntryPoint;
        reached[g.EntryPoint] = true;
        while (head < tail)
        {
            var slot = queue[head++];
            var links = g.LinksOf(slot, 0);
            for (var i = 0; i < g.MaxLinks0 && links[i] != slot; i++)
            {
                if (!reached[links[i]])
                {
                    reached[links[i]] = true;
                    queue[tail++] = links[i];
                }
            }
        }

        return reached;
    }

    /// <summary>Links a slot that no path reaches from the nearest one that a search finds, with room if any has it.</summary>
    private void Attach(GraphBlocks g, SearchState s, int slot, CancellationToken cancellationToken)
    {
        s.SetQuery(g, new ReadOnlySpan<float>(g.Vector(slot), g.Dimensions));
        var near = Descend(g, s, g.EntryPoint, 0, out var score);
        Walk(g, s, near, score, 0, g.Options.EfConstruction, cancellationToken);
        for (var i = 0; i < s.Count; i++)
        {
            var from = Candidate.Slot(s.List[i]);
            if (from != slot && g.Live[from] != 0 && GraphBlocks.Degree(g.LinksOf(from, 0), from, g.MaxLinks0) < g.MaxLinks0)
            {
                _ = ForceBacklink(g, from, slot, null);
                return;
            }
        }

        for (var i = 0; i < s.Count; i++)
        {
            var from = Candidate.Slot(s.List[i]);
            if (from != slot && g.Live[from] != 0 && ForceBacklink(g, from, slot, null))
            {
                return;
            }
        }
    }
}
