using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lurm.Store.Filters;

/// <summary>Turns a column of numbers into a bitmap of those that lie in a range: one bit a row, 64 rows a word.</summary>
internal static class ColumnScan
{
    private const int WordBits = 64;

    /// <summary>Sets bit i of <paramref name="words"/> where <paramref name="column"/>[i] is from <paramref name="least"/> to <paramref name="most"/>, both included; other bits stay.</summary>
    /// <param name="column">The rows, at most 64 a word.</param>
    /// <param name="least">The smallest number that passes.</param>
    /// <param name="most">The largest; below <paramref name="least"/> nothing passes.</param>
    /// <param name="words">Bit i is bit (i mod 64) of word i / 64.</param>
    public static void Mark<T>(ReadOnlySpan<T> column, T least, T most, Span<ulong> words)
        where T : unmanaged, IBinaryInteger<T>
    {
        var whole = column.Length / WordBits;
        for (var i = 0; i < whole; i++)
        {
            var rows = column.Slice(i * WordBits, WordBits);
            words[i] |= Vector512.IsHardwareAccelerated ? Word512(rows, least, most) : Word256(rows, least, most);
        }

        if (whole * WordBits < column.Length)
        {
            words[whole] |= Scalar(column[(whole * WordBits)..], least, most);
        }
    }

    /// <summary>Sets bit i of <paramref name="words"/> where <paramref name="passes"/>[<paramref name="codes"/>[i] + 1] is 1; the place of code −1 is the first.</summary>
    public static void MarkListed(ReadOnlySpan<int> codes, ReadOnlySpan<byte> passes, Span<ulong> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var bits = 0ul;
            var rows = codes.Slice(i * WordBits, Math.Min(WordBits, codes.Length - (i * WordBits)));
            for (var row = 0; row < rows.Length; row++)
            {
                bits |= (ulong)passes[rows[row] + 1] << row;
            }

            words[i] |= bits;
        }
    }

    /// <summary>The word of at most 64 rows, one by one: the reference of the others.</summary>
    internal static ulong Scalar<T>(ReadOnlySpan<T> rows, T least, T most)
        where T : unmanaged, IBinaryInteger<T>
    {
        var bits = 0ul;
        for (var row = 0; row < rows.Length; row++)
        {
            bits |= (rows[row] >= least && rows[row] <= most ? 1ul : 0) << row;
        }

        return bits;
    }

    /// <summary>The word of 64 rows.</summary>
    internal static ulong Word256<T>(ReadOnlySpan<T> rows, T least, T most)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (from, to) = (Vector256.Create(least), Vector256.Create(most));
        var bits = 0ul;
        for (var row = 0; row < WordBits; row += Vector256<T>.Count)
        {
            var values = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(rows), (nuint)row);
            bits |= (ulong)(Vector256.GreaterThanOrEqual(values, from) & Vector256.LessThanOrEqual(values, to)).ExtractMostSignificantBits() << row;
        }

        return bits;
    }

    /// <summary>The word of 64 rows.</summary>
    internal static ulong Word512<T>(ReadOnlySpan<T> rows, T least, T most)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (from, to) = (Vector512.Create(least), Vector512.Create(most));
        var bits = 0ul;
        for (var row = 0; row < WordBits; row += Vector512<T>.Count)
        {
            var values = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(rows), (nuint)row);
            bits |= (Vector512.GreaterThanOrEqual(values, from) & Vector512.LessThanOrEqual(values, to)).ExtractMostSignificantBits() << row;
        }

        return bits;
    }
}
