namespace Lurm.Index.Graph;

/// <summary>Which slot lies where: what a walk reads together should lie together.</summary>
/// <remarks>Breadth first over layer 0 takes 4 to 10 % off a search of 200,000 vectors, against the order they came in, and a fraction of a percent of a build.</remarks>
internal static unsafe class SlotOrder
{
    /// <summary>The live slots, breadth first from the entry point over layer 0, each with its twins behind it; what is not reached comes last.</summary>
    public static ReadOnlySpan<int> Of(GraphBlocks g)
    {
        var order = new int[g.Used];
        var isPlaced = new bool[g.Used];
        var count = 0;
        if (g.EntryPoint >= 0)
        {
            Place(g, g.EntryPoint, order, isPlaced, ref count);
        }

        for (var row = 0; row < count; row++)
        {
            var slot = order[row];
            var links = g.LinksOf(slot, 0);
            for (var i = 0; !g.IsTwin(slot) && i < g.MaxLinks0 && links[i] != slot; i++)
            {
                Place(g, links[i], order, isPlaced, ref count);
            }
        }

        for (var slot = 0; slot < g.Used; slot++)
        {
            Place(g, slot, order, isPlaced, ref count);
        }

        return order.AsSpan(0, count);
    }

    private static void Place(GraphBlocks g, int slot, int[] order, bool[] isPlaced, ref int count)
    {
        while (!isPlaced[slot] && g.Live[slot] != 0)
        {
            isPlaced[slot] = true;
            order[count++] = slot;
            slot = g.Twins[slot];
        }
    }

    /// <summary>Lays all slots in that order, where they are: a build needs no second copy of what it built. Every slot is live, and nobody else reads.</summary>
    public static void Apply(GraphBlocks g)
    {
        var order = Of(g);
        var place = new int[g.Used];
        for (var row = 0; row < order.Length; row++)
        {
            place[order[row]] = row;
        }

        Rename(g.Links, (long)g.Used * g.MaxLinks0, place);
        Rename(g.Upper, (long)g.UpperUsed * g.MaxLinks, place);
        Rename(g.Twins, g.Used, place);
        var isDone = new bool[order.Length];
        Permute(g.Vectors, g.PaddedLength * sizeof(float), order, isDone);
        if (g.Shape.HasCodes)
        {
            Permute(g.WalkVectors, g.WalkStride, order, isDone);
        }

        Permute(g.Links, g.MaxLinks0 * sizeof(int), order, isDone);
        Permute(g.Keys, sizeof(long), order, isDone);
        Permute(g.InDegree, sizeof(int), order, isDone);
        Permute(g.Twins, sizeof(int), order, isDone);
        Permute(g.UpperStart, sizeof(int), order, isDone);
        Permute(g.Levels, sizeof(byte), order, isDone);
        LineUpUpper(g);
        g.EntryPoint = place[g.EntryPoint];
    }

    /// <summary>The lists above layer 0 in the order of their slots, as a file has them.</summary>
    private static void LineUpUpper(GraphBlocks g)
    {
        var lists = new Span<int>(g.Upper, g.UpperUsed * g.MaxLinks);
        var before = lists.ToArray();
        var next = 0;
        for (var slot = 0; slot < g.Used; slot++)
        {
            var count = g.LevelOf(slot);
            before.AsSpan(g.UpperStart[slot] * g.MaxLinks, count * g.MaxLinks).CopyTo(lists[(next * g.MaxLinks)..]);
            g.UpperStart[slot] = next;
            next += count;
        }

        g.UpperUsed = next;
    }

    private static void Rename(int* slots, long count, int[] place)
    {
        for (var i = 0L; i < count; i++)
        {
            slots[i] = place[slots[i]];
        }
    }

    /// <summary>Moves row <c>order[i]</c> to place i, along the cycles of the order.</summary>
    private static void Permute(void* rows, int stride, ReadOnlySpan<int> order, Span<bool> isDone)
    {
        isDone.Clear();
        var first = new byte[stride];
        for (var start = 0; start < order.Length; start++)
        {
            if (isDone[start])
            {
                continue;
            }

            Row(rows, start, stride).CopyTo(first);
            var row = start;
            for (; order[row] != start; row = order[row])
            {
                Row(rows, order[row], stride).CopyTo(Row(rows, row, stride));
                isDone[row] = true;
            }

            first.CopyTo(Row(rows, row, stride));
            isDone[row] = true;
        }
    }

    private static Span<byte> Row(void* rows, int row, int stride) => new((byte*)rows + ((long)row * stride), stride);
}
