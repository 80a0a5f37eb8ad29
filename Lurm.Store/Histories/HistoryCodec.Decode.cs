using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Lurm.Store.Histories;

internal static partial class HistoryCodec
{
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
        var computed = SegmentFrame.Crc32C(body);
        if (blob[^CrcBytes] != 0xCE || stored != computed)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"its checksum is {stored:x8}, expected {computed:x8}");
            return false;
        }

        var at = 2;
        if (!SegmentFrame.TryReadUInt(body, ref at, out var firstPeriod) || !SegmentFrame.TryReadUInt(body, ref at, out var count) || !SegmentFrame.TryReadBinHeader(body, ref at, out var length)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
}
