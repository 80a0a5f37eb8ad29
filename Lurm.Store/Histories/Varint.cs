using System.Runtime.CompilerServices;

namespace Lurm.Store.Histories;

/// <summary>Unsigned numbers in groups of seven bits, lowest first, the high bit saying that more follow (LEB128).</summary>
internal static class Varint
{
    /// <summary>The longest: a 64-bit number.</summary>
    public const int MaxBytes = 10;

    /// <summary>Writes <paramref name="value"/> at <paramref name="at"/> and moves it; there must be room for <see cref="MaxBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Span<byte> target, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            target[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[at++] = (byte)value;
    }

    /// <summary>Reads at <paramref name="at"/> and moves it; false where the bytes end too soon or the number has more than 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int at, out ulong value)
    {
        if ((uint)(at + 1) < (uint)source.Length)
        {
            uint low = source[at], high = source[at + 1];
            if (low < 0x80)
            {
                value = low;
                at++;
                return true;
            }

            // Differences of items in a catalogue of some thousands.
            if (high < 0x80)
            {
                value = (low & 0x7F) | (high << 7);
                at += 2;
                return true;
            }
        }

        return TryReadLong(source, ref at, out value);
    }

    private static bool TryReadLong(ReadOnlySpan<byte> source, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if ((uint)at >= (uint)source.Length)
            {
                return false;
            }

            var part = source[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return shift < 63 || part <= 1;
            }
        }

        return false;
    }

    /// <summary>Maps small negative and positive numbers to small unsigned ones: 0, -1, 1, -2 … become 0, 1, 2, 3 …</summary>
    public static ulong ZigZag(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    /// <summary>The inverse of <see cref="ZigZag"/>.</summary>
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
