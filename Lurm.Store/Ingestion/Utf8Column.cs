using System.Runtime.CompilerServices;

namespace Lurm.Store.Ingestion;

/// <summary>One slot of a run of rows that lie row after row: the text of row i is <c>this[i]</c>.</summary>
/// <param name="bytes">All texts.</param>
/// <param name="starts">Where each text begins, [row · stride + slot].</param>
/// <param name="lengths">How long it is, likewise.</param>
/// <param name="slot">The slot.</param>
/// <param name="stride">Slots of a row.</param>
/// <param name="rows">How many rows there are.</param>
internal readonly ref struct Utf8Column(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, int slot, int stride, int rows)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly ReadOnlySpan<int> _starts = starts;
    private readonly ReadOnlySpan<int> _lengths = lengths;

    public int Count => rows;

    public ReadOnlySpan<byte> this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var at = row * stride + slot;
            return _bytes.Slice(_starts[at], _lengths[at]);
        }
    }
}
