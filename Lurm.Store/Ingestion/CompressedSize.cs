using System.Buffers.Binary;

namespace Lurm.Store.Ingestion;

/// <summary>What compressed bytes say about their size, told without decompressing them.</summary>
internal static class CompressedSize
{
    public const int SnappyHeadBytes = 5;

    private const uint ZstandardMagic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;
    private const uint SkippableMask = 0xFFFFFFF0;
    private const int MaxBlockBytes = 128 * 1024;
    private const int BlockHeaderBytes = 3;

    /// <summary>Snappy's format: the length comes first, as a varint.</summary>
    public static long OfSnappy(ReadOnlySpan<byte> bytes)
    {
        long length = 0;
        for (var i = 0; i < Math.Min(bytes.Length, SnappyHeadBytes); i++)
        {
            length |= (long)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                break;
            }
        }

        return length;
    }

    /// <summary>An upper bound, over all frames (RFC 8878): the size a frame says, or else as much as its blocks can hold. What is after bytes that are no frame is not counted.</summary>
    public static long OfZstandard(ReadOnlySpan<byte> bytes)
    {
        long size = 0;
        while (bytes.Length >= sizeof(uint) + 1)
        {
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if ((magic & SkippableMask) == SkippableMagic && bytes.Length >= 2 * sizeof(uint))
            {
                var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]) + 2L * sizeof(uint);
                bytes = bytes[(int)Math.Min(length, bytes.Length)..];
                continue;
            }

            if (magic != ZstandardMagic)
            {
                break;
            }

            size += Frame(ref bytes);
        }

        return size;
    }

    private static long Frame(ref ReadOnlySpan<byte> bytes)
    {
        // Frame_Header_Descriptor: two bits for the size of the size, one for a single segment, one for a checksum, two for the dictionary's id.
        var descriptor = bytes[sizeof(uint)];
        var isSingle = (descriptor & 0x20) != 0;
        var sizeBytes = (descriptor >> 6) switch { 0 => isSingle ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        var idBytes = (descriptor & 3) switch { 3 => 4, var few => few };
        var at = sizeof(uint) + 1 + (isSingle ? 0 : 1) + idBytes;
        if (bytes.Length < at + sizeBytes)
        {
            bytes = [];
            return 0;
        }

        ulong said = 0;
        for (var i = sizeBytes - 1; i >= 0; i--)
        {
            said = (said << 8) | bytes[at + i];
        }

        bytes = bytes[(at + sizeBytes)..];
        var blocks = Blocks(ref bytes, hasChecksum: (descriptor & 4) != 0);
        return sizeBytes == 0 ? (long)blocks * MaxBlockBytes : (long)Math.Min(said + (sizeBytes == 2 ? 256u : 0u), long.MaxValue / 2);
    }

    private static int Blocks(ref ReadOnlySpan<byte> bytes, bool hasChecksum)
    {
        const int repeated = 1;
        for (var blocks = 1; ; blocks++)
        {
            if (bytes.Length < BlockHeaderBytes)
            {
                bytes = [];
                return blocks;
            }

            var header = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
            var length = BlockHeaderBytes + (((header >> 1) & 3) == repeated ? 1 : header >> 3);
            bytes = bytes[Math.Min(length, bytes.Length)..];
            if ((header & 1) != 0)
            {
                bytes = bytes[Math.Min(hasChecksum ? sizeof(uint) : 0, bytes.Length)..];
                return blocks;
            }
        }
    }
}
