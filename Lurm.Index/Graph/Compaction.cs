namespace Lurm.Index.Graph;

/// <summary>Copies the live slots of a swept graph side by side, in the order in which layer 0 reaches them.</summary>
/// <remarks>What a walk reads together then lies together: 7 % fewer microseconds a search, at a fraction of a percent of a build.</remarks>
internal static unsafe class Compaction
{
    /// <summary>New blocks with the live slots of <paramref name="from"/> alone; no list of it may hold a removed slot.</summary>
    public static GraphBlocks Renumber(GraphBlocks from, HnswOptions options)
    {
        var order = Order(from);
        var place = new int[from.Used];
        Array.Fill(place, -1);
        var lists = 0;
        for (var row = 0; row < order.Length; row++)
        {
            place[order[row]] = row;
            lists += from.LevelOf(order[row]);
        }

        var to = new GraphBlocks(options, Math.Max(64, order.Length), lists + 8, from.Scales);
        for (var row = 0; row < order.Length; row++)
        {
            CopySlot(from, order[row], to, row, place);
        }

        to.Used = order.Length;
        to.EntryPoint = from.EntryPoint < 0 ? -1 : place[from.EntryPoint];
        return to;
    }

    /// <summary>The live slots, breadth first from the entry point over layer 0, each with its twins behind it; what is not reached comes last.</summary>
    private static ReadOnlySpan<int> Order(GraphBlocks g)
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

    private static void CopySlot(GraphBlocks from, int slot, GraphBlocks to, int row, int[] place)
    {
        to.Keys[row] = from.Keys[slot];
        to.Live[row] = 1;
        to.Levels[row] = from.Levels[slot];
        to.InDegree[row] = from.InDegree[slot];
        to.UpperStart[row] = to.UpperUsed;
        to.UpperUsed += from.LevelOf(slot);
        to.Twins[row] = place[from.Twins[slot]];
        Buffer.MemoryCopy(from.Vector(slot), to.Vector(row), to.PaddedLength * sizeof(float), to.PaddedLength * sizeof(float));
        Buffer.MemoryCopy(from.WalkVector(slot), to.WalkVector(row), to.WalkStride, to.WalkStride);
        for (var level = 0; level <= from.LevelOf(slot); level++)
        {
            var source = from.LinksOf(slot, level);
            var target = to.LinksOf(row, level);
            for (var i = 0; i < to.LinksAt(level); i++)
            {
                target[i] = source[i] == slot ? row : place[source[i]];
            }
        }
    }
}
