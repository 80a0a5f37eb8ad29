using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
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
internal static class HistoryCodec
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
        WriteUInt(target, ref header, (uint)firstPeriod);
        WriteUInt(target, ref header, (uint)entries.Length);
        WriteBinHeader(target, ref header, at);
        payload[..at].CopyTo(target[header..]);
        var length = header + at;
        var crc = Crc32C(target[..length]);
        target[length] = 0xCE;
        BinaryPrimitives.WriteUInt32BigEndian(target[(length + 1)..], crc);
        return length + CrcBytes;
    }

    /// <summary>Appends the entries of <paramref name="blob"/> to <paramref name="target"/>.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Corrupt"/>: the bytes are not what <see cref="Encode"/> wrote; nothing was appended.</exception>
    public static void Decode(ReadOnlySpan<byte> blob, HistoryBuffer target)
    {
        if (!TryDecode(blob, target, out var reason))
        {
            throw new StoreException(StoreFault.Corrupt, $"a history blob of {blob.Length} bytes is damaged: {reason}. Run 'lurm check', then restore a backup.");
        }
    }

    /// <summary><see cref="Decode"/> with the reason as a value.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> blob, HistoryBuffer target, out string? reason)
    {
        if (blob.Length < 10 || blob[0] != 0x95)
        {
            reason = "it does not begin as a MessagePack array of five";
            return false;
        }

        if (blob[1] != Format)
        {
            reason = $"its format is {blob[1]}, expected {Format}";
            return false;
        }

        var body = blob[..^CrcBytes];
        var stored = BinaryPrimitives.ReadUInt32BigEndian(blob[^4..]);
        var computed = Crc32C(body);
        if (blob[^CrcBytes] != 0xCE || stored != computed)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"its checksum is {stored:x8}, expected {computed:x8}");
            return false;
        }

        var at = 2;
        if (!TryReadUInt(body, ref at, out var firstPeriod) || !TryReadUInt(body, ref at, out var count) || !TryReadBinHeader(body, ref at, out var length)
            || at + length != body.Length || count == 0 || count > length || firstPeriod > MaxPeriod)
        {
            reason = "its frame does not add up";
            return false;
        }

        // The checksum held, so what follows can only be wrong if the writer was; it is still never trusted with memory.
        var entries = target.Room((int)count);
        if (!TryDecodePayload(body[at..], (int)firstPeriod, entries))
        {
            reason = "its payload does not add up";
            return false;
        }

        target.Grow((int)count);
        reason = null;
        return true;
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

    /// <summary>The checksum of iSCSI and ext4: CRC-32C, polynomial 0x1EDC6F41.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryDecodePayload(ReadOnlySpan<byte> payload, int firstPeriod, Span<HistoryEntry> entries)
    {
        var at = 0;
        var written = 0;
        var period = firstPeriod;
        while (at < payload.Length)
        {
            if (!Varint.TryRead(payload, ref at, out var head) || head >> 1 > MaxPeriod || (period += (int)(head >> 1)) > MaxPeriod || (written > 0 && head >> 1 == 0))
            {
                return false;
            }

            ulong usual = 0;
            if ((head & 1) != 0 && !Varint.TryRead(payload, ref at, out usual))
            {
                return false;
            }

            if (usual > (ulong)short.MaxValue || !Varint.TryRead(payload, ref at, out var many) || many == 0 || many > (ulong)(entries.Length - written))
            {
                return false;
            }

            var item = 0ul;
            for (var end = written + (int)many; written < end; written++)
            {
                if (!Varint.TryRead(payload, ref at, out var delta) || (item += delta >> 1) > int.MaxValue)
                {
                    return false;
                }

                if ((delta & 1) == 0)
                {
                    entries[written] = new HistoryEntry(period, (int)item, (short)usual, 1, 1000);
                }
                else if (!TryDecodeRest(payload, ref at, period, (int)item, (short)usual, out entries[written]))
                {
                    return false;
                }

                // Of one item kinds rise; the period's first entry has none before it.
                if (delta >> 1 == 0 && written > end - (int)many && entries[written].Kind <= entries[written - 1].Kind)
                {
                    return false;
                }
            }
        }

        return written == entries.Length;
    }

    private static bool TryDecodeRest(ReadOnlySpan<byte> payload, ref int at, int period, int item, short usual, out HistoryEntry entry)
    {
        entry = default;
        if (!Varint.TryRead(payload, ref at, out var flags) || flags >> 2 >= int.MaxValue)
        {
            return false;
        }

        ulong kind = (ulong)usual;
        if ((flags & 1) != 0 && (!Varint.TryRead(payload, ref at, out kind) || kind > (ulong)short.MaxValue))
        {
            return false;
        }

        ulong weight = 0;
        if ((flags & 2) != 0 && !Varint.TryRead(payload, ref at, out weight))
        {
            return false;
        }

        var count = (int)(flags >> 2) + 1;
        entry = new HistoryEntry(period, item, (short)kind, count, unchecked((1000L * count) + Varint.UnZigZag(weight)));
        return true;
    }

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

    private static void WriteUInt(Span<byte> target, ref int at, uint value)
    {
        switch (value)
        {
            case < 0x80:
                target[at++] = (byte)value;
                break;
            case <= ushort.MaxValue:
                target[at] = 0xCD;
                BinaryPrimitives.WriteUInt16BigEndian(target[(at + 1)..], (ushort)value);
                at += 3;
                break;
            default:
                target[at] = 0xCE;
                BinaryPrimitives.WriteUInt32BigEndian(target[(at + 1)..], value);
                at += 5;
                break;
        }
    }

    private static bool TryReadUInt(ReadOnlySpan<byte> source, ref int at, out uint value)
    {
        value = 0;
        if (at >= source.Length)
        {
            return false;
        }

        var head = source[at++];
        switch (head)
        {
            case < 0x80:
                value = head;
                return true;
            case 0xCD when at + 2 <= source.Length:
                value = BinaryPrimitives.ReadUInt16BigEndian(source[at..]);
                at += 2;
                return true;
            case 0xCE when at + 4 <= source.Length:
                value = BinaryPrimitives.ReadUInt32BigEndian(source[at..]);
                at += 4;
                return true;
            default:
                return false;
        }
    }

    private static void WriteBinHeader(Span<byte> target, ref int at, int length)
    {
        if (length <= byte.MaxValue)
        {
            target[at++] = 0xC4;
            target[at++] = (byte)length;
        }
        else if (length <= ushort.MaxValue)
        {
            target[at] = 0xC5;
            BinaryPrimitives.WriteUInt16BigEndian(target[(at + 1)..], (ushort)length);
            at += 3;
        }
        else
        {
            target[at] = 0xC6;
            BinaryPrimitives.WriteUInt32BigEndian(target[(at + 1)..], (uint)length);
            at += 5;
        }
    }

    private static bool TryReadBinHeader(ReadOnlySpan<byte> source, ref int at, out int length)
    {
        length = 0;
        if (at >= source.Length)
        {
            return false;
        }

        var head = source[at++];
        var bytes = head switch { 0xC4 => 1, 0xC5 => 2, 0xC6 => 4, _ => 0 };
        if (bytes == 0 || at + bytes > source.Length)
        {
            return false;
        }

        var value = 0u;
        for (var i = 0; i < bytes; i++)
        {
            value = (value << 8) | source[at++];
        }

        length = (int)Math.Min(value, int.MaxValue);
        return true;
    }
}
