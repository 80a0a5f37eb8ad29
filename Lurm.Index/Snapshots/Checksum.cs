using System.Numerics;

namespace Lurm.Index.Snapshots;

/// <summary>The checksum of sections: four interleaved CRC-32C streams folded into one, so that the CPU's CRC unit is never waited for.</summary>
internal static unsafe class Checksum
{
    public static uint Of(byte* data, long bytes)
    {
        uint a = 0xFFFFFFFF, b = 0xFFFFFFFF, c = 0xFFFFFFFF, d = 0xFFFFFFFF;
        var at = data;
        var end = data + (bytes & ~31L);
        for (; at < end; at += 32)
        {
            var words = (ulong*)at;
            a = BitOperations.Crc32C(a, words[0]);
            b = BitOperations.Crc32C(b, words[1]);
            c = BitOperations.Crc32C(c, words[2]);
            d = BitOperations.Crc32C(d, words[3]);
        }

        for (end = data + bytes; at < end; at++)
        {
            a = BitOperations.Crc32C(a, *at);
        }

        var sum = BitOperations.Crc32C(0xFFFFFFFF, ((ulong)a << 32) | b);
        sum = BitOperations.Crc32C(sum, ((ulong)c << 32) | d);
        return ~BitOperations.Crc32C(sum, (ulong)bytes);
    }
}
