namespace Lurm.Index.Graph;

/// <content>Inserting: algorithm 1, with the diversity heuristic of algorithm 4.</content>
internal sealed unsafe partial class GraphEngine<TWalk, TExact>
{
    public override void Link(GraphBlocks g, SearchState s, int slot, LinkLocks? locks, CancellationToken cancellationToken)
    {
        int level = g.Levels[slot];
        for (var l = 0; locks is null && l <= level; l++)
        {
            GraphBlocks.Clear(g.LinksOf(slot, l), slot, g.LinksAt(l));
        }

        if (g.EntryPoint < 0)
        {
            g.EntryPoint = slot;
            return;
        }

        int top = g.Levels[g.EntryPoint];
        if (locks is null || level <= top)
        {
            LinkLayers(g, s, slot, level, locks, cancellationToken);
            if (level > top)
            {
                g.EntryPoint = slot;
            }

            return;
        }

        lock (locks.Top)
        {
            LinkLayers(g, s, slot, level, locks, cancellationToken);
            if (level > g.Levels[g.EntryPoint])
            {
                g.EntryPoint = slot;
            }
        }
    }

    // All lists of the slot are written before any other list names it: who comes upon it on an upper layer, another builder or a search,
    // goes down through it, and would find no way on from an empty list.
    private void LinkLayers(GraphBlocks g, SearchState s, int slot, int level, LinkLocks? locks, CancellationToken cancellationToken)
    {
        int top = g.Levels[g.EntryPoint];
        var layers = Math.Min(level, top) + 1;
        var slots = stackalloc int[layers * g.MaxLinks];
        var scores = stackalloc float[layers * g.MaxLinks];
        var counts = stackalloc int[layers];
        var near = Descend(g, s, g.EntryPoint, level, out var score);
        for (var l = layers - 1; l >= 0; l--)
        {
            Walk(g, s, near, score, l, g.Options.EfConstruction, cancellationToken);
            (near, score) = NearestLive(g, s, near, score);
            Rerank(g, s, s.Count);
            counts[l] = Choose(g, s, s.List, s.Count, g.MaxLinks, slot, s.Chosen);
            WriteNew(g, slot, l, s.Chosen, counts[l], locks);
            for (var i = 0; i < counts[l]; i++)
            {
                if (l == 0)
                {
                    PrefetchLinks(g, s.Chosen[i]);
                }

                slots[(l * g.MaxLinks) + i] = s.Chosen[i];

                // The list still holds the score of each chosen one, in order; Choose left its place in Packed.
                scores[(l * g.MaxLinks) + i] = Candidate.Score(s.Packed[i]);
            }
        }

        for (var l = layers - 1; l >= 0; l--)
        {
            for (var i = l * g.MaxLinks; i < (l * g.MaxLinks) + counts[l]; i++)
            {
                AddBacklink(g, s, slots[i], scores[i], slot, l, locks);
            }
        }

        if (counts[0] > 0 && Volatile.Read(ref g.InDegree[slot]) == 0)
        {
            ForceBacklink(g, slots[0], slot, locks);
        }
    }

    /// <summary>The best entry of the beam that is live: a removed slot leads nowhere.</summary>
    private static (int Slot, float Score) NearestLive(GraphBlocks g, SearchState s, int otherwise, float score)
    {
        for (var i = 0; i < s.Count; i++)
        {
            var slot = Candidate.Slot(s.List[i]);
            if (g.Live[slot] != 0)
            {
                return (slot, Candidate.Score(s.List[i]));
            }
        }

        return (otherwise, score);
    }

    /// <summary>Picks, best first, those of a sorted list that are nearer to the base than to any picked before (algorithm 4).</summary>
    /// <param name="g">The graph.</param>
    /// <param name="s">Scratch.</param>
    /// <param name="list">Candidates, best first.</param>
    /// <param name="count">How many.</param>
    /// <param name="most">How many to pick at most.</param>
    /// <param name="self">A slot to leave out.</param>
    /// <param name="chosen">Receives the slots; <see cref="SearchState.Packed"/> receives their entries.</param>
    private static int Choose(GraphBlocks g, SearchState s, ulong* list, int count, int most, int self, int* chosen)
    {
        var picked = 0;
        var scores = stackalloc float[4];
        for (var i = 0; i < count && picked < most; i++)
        {
            var slot = Candidate.Slot(list[i]);
            if (slot == self || g.Live[slot] == 0)
            {
                continue;
            }

            if (IsDiverse(g, (byte*)g.Vector(slot), Candidate.Score(list[i]), chosen, picked, scores))
            {
                s.Packed[picked] = list[i];
                chosen[picked++] = slot;
            }
        }

        return picked;
    }

    /// <summary>Whether a candidate is nearer to the base (<paramref name="score"/>) than to each of <paramref name="chosen"/>; of equal vectors only one is.</summary>
    private static bool IsDiverse(GraphBlocks g, byte* vector, float score, int* chosen, int count, float* scores)
    {
        var i = 0;
        for (; i <= count - 4; i += 4)
        {
            TExact.Dot4(vector, (byte*)g.Vector(chosen[i]), (byte*)g.Vector(chosen[i + 1]), (byte*)g.Vector(chosen[i + 2]), (byte*)g.Vector(chosen[i + 3]), g.PaddedLength, scores);
            if (scores[0] >= score || scores[1] >= score || scores[2] >= score || scores[3] >= score)
            {
                return false;
            }
        }

        for (; i < count; i++)
        {
            if (TExact.Dot(vector, (byte*)g.Vector(chosen[i]), g.PaddedLength) >= score)
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteNew(GraphBlocks g, int slot, int level, int* chosen, int count, LinkLocks? locks)
    {
        var links = g.LinksOf(slot, level);
        using var guard = Guard(locks, slot);

        // A parallel build may have linked others to this slot by now: keep those links, they are in no one's way.
        var degree = locks is null ? 0 : GraphBlocks.Degree(links, slot, g.LinksAt(level));
        var most = g.LinksAt(level);
        for (var i = 0; i < count && degree < most; i++)
        {
            if (new Span<int>(links, degree).Contains(chosen[i]))
            {
                continue;
            }

            links[degree++] = chosen[i];
            CountIn(g, chosen[i], level, 1);
        }

        // The list must be whole before the first backlink leads a search here.
        Thread.MemoryBarrier();
    }

    /// <summary>Adds <paramref name="to"/> to the list of <paramref name="slot"/>; a full list is chosen anew by the heuristic.</summary>
    private void AddBacklink(GraphBlocks g, SearchState s, int slot, float score, int to, int level, LinkLocks? locks)
    {
        var links = g.LinksOf(slot, level);
        var most = g.LinksAt(level);
        using var guard = Guard(locks, slot);
        var degree = GraphBlocks.Degree(links, slot, most);
        if (new Span<int>(links, degree).Contains(to))
        {
            return;
        }

        if (degree < most)
        {
            links[degree] = to;
            CountIn(g, to, level, 1);
            return;
        }

        var packed = s.Packed;
        var chosen = s.Chosen;
        var vector = g.Vector(slot);
        Prefetch((byte*)g.Vectors, g.PaddedLength * sizeof(float), links, degree);
        ScoreExact(g, (byte*)vector, links, degree, s.Scores);
        for (var i = 0; i < degree; i++)
        {
            packed[i] = Candidate.Pack(s.Scores[i], links[i]);
        }

        packed[degree] = Candidate.Pack(score, to);
        new Span<ulong>(packed, degree + 1).Sort();
        var picked = ChooseLinks(g, packed, degree + 1, most, chosen, level);
        Rewrite(g, slot, links, most, level, chosen, picked);
    }

    /// <summary>As <see cref="Choose"/>, but a slot that no other list holds is never dropped from this one.</summary>
    private static int ChooseLinks(GraphBlocks g, ulong* packed, int count, int most, int* chosen, int level)
    {
        var picked = 0;
        var scores = stackalloc float[4];
        var taken = stackalloc bool[count];
        for (var i = 0; i < count && picked < most; i++)
        {
            var slot = Candidate.Slot(packed[i]);
            taken[i] = IsDiverse(g, (byte*)g.Vector(slot), Candidate.Score(packed[i]), chosen, picked, scores);
            if (taken[i])
            {
                chosen[picked++] = slot;
            }
        }

        for (var i = 0; level == 0 && i < count && picked < most; i++)
        {
            var slot = Candidate.Slot(packed[i]);
            if (!taken[i] && Volatile.Read(ref g.InDegree[slot]) == 1)
            {
                chosen[picked++] = slot;
            }
        }

        return picked;
    }

    /// <summary>Replaces a list, keeping the counts of in-links right.</summary>
    private static void Rewrite(GraphBlocks g, int slot, int* links, int most, int level, int* chosen, int count)
    {
        var kept = new Span<int>(chosen, count);
        for (var i = 0; i < most && links[i] != slot; i++)
        {
            if (!kept.Contains(links[i]))
            {
                CountIn(g, links[i], level, -1);
            }
        }

        var degree = GraphBlocks.Degree(links, slot, most);
        var before = stackalloc int[degree];
        new Span<int>(links, degree).CopyTo(new Span<int>(before, degree));
        for (var i = 0; i < most; i++)
        {
            links[i] = i < count ? chosen[i] : slot;
        }

        foreach (var next in kept)
        {
            if (!new Span<int>(before, degree).Contains(next))
            {
                CountIn(g, next, level, 1);
            }
        }
    }

    /// <summary>Gives a slot that no list holds a place in the list of <paramref name="from"/>.</summary>
    private static bool ForceBacklink(GraphBlocks g, int from, int slot, LinkLocks? locks)
    {
        using var guard = Guard(locks, from);
        var links = g.LinksOf(from, 0);
        var degree = GraphBlocks.Degree(links, from, g.MaxLinks0);
        if (new Span<int>(links, degree).Contains(slot))
        {
            return true;
        }

        if (degree < g.MaxLinks0)
        {
            links[degree] = slot;
            CountIn(g, slot, 0, 1);
            return true;
        }

        for (var i = degree - 1; i >= 0; i--)
        {
            if (Volatile.Read(ref g.InDegree[links[i]]) > 1)
            {
                CountIn(g, links[i], 0, -1);
                links[i] = slot;
                CountIn(g, slot, 0, 1);
                return true;
            }
        }

        return false;
    }

    private static void CountIn(GraphBlocks g, int slot, int level, int change)
    {
        if (level == 0)
        {
            Interlocked.Add(ref g.InDegree[slot], change);
        }
    }

    private static void ScoreExact(GraphBlocks g, byte* query, int* slots, int count, float* scores)
    {
        var i = 0;
        for (; i <= count - 4; i += 4)
        {
            TExact.Dot4(query, (byte*)g.Vector(slots[i]), (byte*)g.Vector(slots[i + 1]), (byte*)g.Vector(slots[i + 2]), (byte*)g.Vector(slots[i + 3]), g.PaddedLength, scores + i);
        }

        for (; i < count; i++)
        {
            scores[i] = TExact.Dot(query, (byte*)g.Vector(slots[i]), g.PaddedLength);
        }
    }

    private static LinkGuard Guard(LinkLocks? locks, int slot) => new(locks?.Of(slot));

    /// <summary>Holds a list's lock, if there is one.</summary>
    private readonly ref struct LinkGuard
    {
        private readonly Lock? _lock;

        public LinkGuard(Lock? guard)
        {
            _lock = guard;
            guard?.Enter();
        }

        public void Dispose() => _lock?.Exit();
    }
}
