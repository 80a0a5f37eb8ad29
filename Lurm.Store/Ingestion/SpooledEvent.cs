namespace Lurm.Store.Ingestion;

/// <summary>One event of a batch, by the batch's own ordinals. 16 bytes, as they lie in the spool.</summary>
/// <param name="Key">Period (16 bits), item ordinal (31), kind ordinal (15): sorts by period, item, kind.</param>
/// <param name="User">User ordinal.</param>
/// <param name="WeightThousandths">Its own weight.</param>
internal readonly record struct SpooledEvent(ulong Key, int User, uint WeightThousandths)
{
    /// <summary>The largest weight of one event.</summary>
    public const double MaxWeight = 4_000_000;

    public static ulong KeyOf(int period, int item, int kind) => ((ulong)(uint)period << 46) | ((ulong)(uint)item << 15) | (uint)kind;

    public int Period => (int)(Key >> 46);

    public int Item => (int)((Key >> 15) & int.MaxValue);

    public int Kind => (int)(Key & 0x7FFF);
}
