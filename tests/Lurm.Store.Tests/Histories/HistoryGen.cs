using CsCheck;
using Lurm.Store.Histories;

namespace Lurm.Store.Tests.Histories;

/// <summary>Random histories: sorted, no two entries alike, small and large numbers mixed.</summary>
internal static class HistoryGen
{
    private static readonly Gen<HistoryEntry> Entry = Gen.Select(
        Gen.OneOf(Gen.Int[600, 640], Gen.Int[0, HistoryCodec.MaxPeriod]),
        Gen.OneOf(Gen.Int[0, 300], Gen.Int[0, int.MaxValue]),
        Gen.OneOf(Gen.Int[0, 3], Gen.Int[0, short.MaxValue]),
        Gen.OneOf(Gen.Int[1, 3], Gen.Int[1, int.MaxValue]),
        Gen.OneOf(Gen.Const(-1L), Gen.Long[0, 4_000_000_000_000_000]),
        (period, item, kind, count, weight) => new HistoryEntry(period, item, (short)kind, count, weight < 0 ? 1000L * count : weight));

    public static Gen<HistoryEntry[]> Sorted { get; } = Entry.Array[1, 200].Select(entries => entries
        .GroupBy(entry => (entry.Period, entry.Item, entry.Kind))
        .Select(group => group.First())
        .OrderBy(entry => entry.Period).ThenBy(entry => entry.Item).ThenBy(entry => entry.Kind)
        .ToArray());

    public static byte[] Encode(ReadOnlySpan<HistoryEntry> entries)
    {
        var blob = new byte[HistoryCodec.MaxEncodedBytes(entries.Length)];
        return blob[..HistoryCodec.Encode(entries, blob)];
    }

    public static HistoryEntry[] Decode(ReadOnlySpan<byte> blob)
    {
        var buffer = new HistoryBuffer();
        HistoryCodec.Decode(blob, buffer);
        return buffer.Entries.ToArray();
    }
}
