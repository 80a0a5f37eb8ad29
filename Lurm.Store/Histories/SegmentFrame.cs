using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lurm.Store.Histories;

/// <summary>What surrounds a segment's payload: the few MessagePack types it needs, and the checksum.</summary>
internal static class SegmentFrame
{
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

    public static void WriteUInt(Span<byte> target, ref int at, uint value)
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

    public static bool TryReadUInt(ReadOnlySpan<byte> source, ref int at, out uint value)
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

    public static void WriteBinHeader(Span<byte> target, ref int at, int length)
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

    public static bool TryReadBinHeader(ReadOnlySpan<byte> source, ref int at, out int length)
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
