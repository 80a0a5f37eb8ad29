using System.Buffers.Binary;
using Lurm.Store.Histories;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>Numbers of any width packed from the lowest bit on.</summary>
internal static class BitReader
{
    /// <summary>The number of <paramref name="width"/> bits, at most 64, that starts at a bit.</summary>
    /// <exception cref="EndOfStreamException">The bytes end within it.</exception>
    public static ulong Read(ReadOnlySpan<byte> bytes, long bit, int width)
    {
        var at = bit >> 3;
        var shift = (int)(bit & 7);
        if (at + ((shift + width + 7) >> 3) > bytes.Length)
        {
            throw new EndOfStreamException("packed numbers end early");
        }

        if (width == 0)
        {
            return 0;
        }

        var rest = bytes[(int)at..];
        ulong value;
        if (rest.Length >= sizeof(ulong))
        {
            value = BinaryPrimitives.ReadUInt64LittleEndian(rest) >> shift;
        }
        else
        {
            value = 0;
            for (var i = rest.Length - 1; i >= 0; i--)
            {
                value = (value << 8) | rest[i];
            }

            value >>= shift;
        }

        // A number of more than 57 bits may reach into a ninth byte.
        if (shift + width > 64)
        {
            value |= (ulong)rest[sizeof(ulong)] << (64 - shift);
        }

        return width == 64 ? value : value & ((1UL << width) - 1);
    }

    /// <summary>An unsigned number in groups of seven bits, and the place behind it.</summary>
    /// <exception cref="EndOfStreamException">The bytes end within it.</exception>
    /// <exception cref="InvalidDataException">It has more than 64 bits.</exception>
    public static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int at) => Varint.TryRead(bytes, ref at, out var value)
        ? value
        : throw (at >= bytes.Length ? new EndOfStreamException("a number ends early") : new InvalidDataException("a number has no end"));
}
