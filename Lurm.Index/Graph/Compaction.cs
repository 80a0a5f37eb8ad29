namespace Lurm.Index.Graph;

/// <summary>Copies the live slots of a swept graph side by side, in the order of <see cref="SlotOrder"/>.</summary>
internal static unsafe class Compaction
{
    /// <summary>New blocks with the live slots of <paramref name="from"/> alone; no list of it may hold a removed slot.</summary>
    public static GraphBlocks Renumber(GraphBlocks from, HnswOptions options)
    {
        var order = SlotOrder.Of(from);
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
