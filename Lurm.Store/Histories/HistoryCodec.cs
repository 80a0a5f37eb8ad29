using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Lurm.Store.Histories;

/// <summary>The bytes of one segment: the counts of one user over a run of periods.</summary>
/// <remarks>
/// A blob is one MessagePack array of five, so that any MessagePack reader can take it apart:
/// <c>[format = 1, first period, entries, payload (bin), CRC32C (uint32) of every byte before the CRC's]</c>.
/// The payload is varints (<see cref="Varint"/>), per period:
/// <c>(period − previous period) · 2 + k</c>, where k = 1 means the period's usual kind follows as a varint (k = 0: kind 0); the number of entries; and per entry,
/// sorted by item then kind: <c>(item − previous item) · 2 + x</c>. x = 0 is one event of the usual kind without a weight. x = 1 is followed by
/// <c>(count − 1) · 4 + w · 2 + o</c>, then the kind if o = 1, then the zigzag of <c>weight − 1000 · count</c> in thousandths if w = 1.
/// Differences start from the blob's first period and, within a period, from item 0. Histories add: <see cref="Merge"/> is the only way they change.
/// Blobs are not compressed again: sorted deltas in varints leave little to gain in blobs of this size.
/// </remarks>
internal static partial class HistoryCodec
{
    /// <summary>The format this code reads and writes.</summary>
    public const int Format = 1;

    /// <summary>The last period that a segment's key has room for.</summary>
    public const int MaxPeriod = 65_535;

    private const int CrcBytes = 5;

    // One entry at worst: item, count, kind and weight as varints, and its share of a period's header.
    private const int MaxEntryBytes = 4 * Varint.MaxBytes + 12;

    /// <summary>A number of bytes that <see cref="Encode"/> never exceeds for so many entries.</summary>
    public static int MaxEncodedBytes(int entries) => 32 + entries * MaxEntryBytes;

    /// <summary>Writes <paramref name="entries"/> (sorted by period, item, kind; no two alike; counts above 0) and returns how many bytes it took.</summary>
    /// <param name="entries">At least one.</param>
    /// <param name="target">At least <see cref="MaxEncodedBytes"/> long.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Encode(ReadOnlySpan<HistoryEntry> entries, Span<byte> target)
    {
        const int HeaderRoom = 1 + 1 + 5 + 5 + 5;
        var firstPeriod = entries[0].Period;
        var payload = target[HeaderRoom..];
        var at = 0;
        var previousPeriod = firstPeriod;
        for (var i = 0; i < entries.Length;)
        {
            var period = entries[i].Period;
            var end = i + 1;
            while (end < entries.Length && entries[end].Period == period)
            {
                end++;
            }

            var usual = UsualKind(entries[i..end]);
            Varint.Write(payload, ref at, ((ulong)(period - previousPeriod) << 1) | (usual == 0 ? 0ul : 1ul));
            previousPeriod = period;
            if (usual != 0)
            {
                Varint.Write(payload, ref at, (ulong)usual);
            }

            Varint.Write(payload, ref at, (ulong)(end - i));
            var previousItem = 0;
            for (; i < end; i++)
            {
                ref readonly var entry = ref entries[i];
                var weight = entry.WeightThousandths - 1000L * entry.Count;
                var other = entry.Kind != usual;
                var plain = entry.Count == 1 && weight == 0 && !other;
                Varint.Write(payload, ref at, ((ulong)(entry.Item - previousItem) << 1) | (plain ? 0ul : 1ul));
                previousItem = entry.Item;
                if (plain)
                {
                    continue;
                }

                Varint.Write(payload, ref at, ((ulong)(entry.Count - 1) << 2) | (weight != 0 ? 2ul : 0ul) | (other ? 1ul : 0ul));
                if (other)
                {
                    Varint.Write(payload, ref at, (ulong)entry.Kind);
                }

                if (weight != 0)
                {
                    Varint.Write(payload, ref at, Varint.ZigZag(weight));
                }
            }
        }

        var header = 0;
        target[header++] = 0x95;
        target[header++] = Format;
        SegmentFrame.WriteUInt(target, ref header, (uint)firstPeriod);
        SegmentFrame.WriteUInt(target, ref header, (uint)entries.Length);
        SegmentFrame.WriteBinHeader(target, ref header, at);
        payload[..at].CopyTo(target[header..]);
        var length = header + at;
        var crc = SegmentFrame.Crc32C(target[..length]);
        target[length] = 0xCE;
        BinaryPrimitives.WriteUInt32BigEndian(target[(length + 1)..], crc);
        return length + CrcBytes;
    }

    /// <summary>Adds two sorted runs of entries into a third: equal (period, item, kind) become one with summed counts and weights.</summary>
    public static void Merge(ReadOnlySpan<HistoryEntry> left, ReadOnlySpan<HistoryEntry> right, HistoryBuffer target)
    {
        target.Clear();
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            var order = Compare(left[i], right[j]);
            if (order < 0)
            {
                target.Add(left[i++]);
            }
            else if (order > 0)
            {
                target.Add(right[j++]);
            }
            else
            {
                target.Add(Sum(left[i++], right[j++]));
            }
        }

        for (; i < left.Length; i++)
        {
            target.Add(left[i]);
        }

        for (; j < right.Length; j++)
        {
            target.Add(right[j]);
        }
    }

    /// <summary>By period, item, kind.</summary>
    public static int Compare(in HistoryEntry left, in HistoryEntry right)
    {
        var order = left.Period.CompareTo(right.Period);
        if (order != 0)
        {
            return order;
        }

        order = left.Item.CompareTo(right.Item);
        return order != 0 ? order : left.Kind.CompareTo(right.Kind);
    }

    /// <summary>The sum of two entries of one key; more than 2^31 - 1 events of one user, period, item and kind are an overflow.</summary>
    public static HistoryEntry Sum(in HistoryEntry left, in HistoryEntry right) =>
        left with { Count = checked(left.Count + right.Count), WeightThousandths = checked(left.WeightThousandths + right.WeightThousandths) };

    // The kind most entries of a period have costs nothing to write; ties go to the smaller. Nearly always there is only one.
    private static short UsualKind(ReadOnlySpan<HistoryEntry> period)
    {
        var first = period[0].Kind;
        var mixed = false;
        foreach (ref readonly var entry in period)
        {
            mixed |= entry.Kind != first;
        }

        if (!mixed)
        {
            return first;
        }

        Span<int> counts = stackalloc int[64];
        foreach (ref readonly var entry in period)
        {
            if ((uint)entry.Kind < (uint)counts.Length)
            {
                counts[entry.Kind]++;
            }
        }

        var best = 0;
        for (var kind = 1; kind < counts.Length; kind++)
        {
            best = counts[kind] > counts[best] ? kind : best;
        }

        return (short)best;
    }
}
