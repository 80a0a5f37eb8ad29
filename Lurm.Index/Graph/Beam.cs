using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lurm.Index.Graph;

/// <summary>The sorted list of a walk: what may enter it, entering it, and what to expand next.</summary>
/// <remarks>
/// Entries are <see cref="Candidate"/>s, all different. A list has <see cref="Front"/> zeros before its first entry and room for
/// <see cref="Lanes"/> and a node's links behind its last, so that no step here needs a special case at an end. What a comparison
/// says is a coin toss: it is counted, never branched on.
/// </remarks>
internal static unsafe class Beam
{
    /// <summary>Entries compared or moved at once.</summary>
    public const int Lanes = 8;

    /// <summary>Zeros before the first entry: less than any entry, they end every move.</summary>
    public const int Front = Lanes;

    /// <summary>Packs the entries that sort before <paramref name="limit"/>; returns how many.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Filter(float* scores, int* slots, int count, ulong limit, ulong* packed)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var entry = Candidate.Pack(scores[i], slots[i]);
            packed[kept] = entry;
            kept += Unsafe.BitCast<bool, byte>(entry < limit);
        }

        return kept;
    }

    /// <summary>Merges <paramref name="added"/> unsorted entries into a sorted list of <paramref name="count"/>; returns the place of the best of them.</summary>
    /// <remarks>From the back: every entry of the list moves at most once, however many are added.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Merge(ulong* list, int count, ulong* packed, int added)
    {
        var sorted = packed + ((added + (2 * Lanes) - 1) / Lanes * Lanes);
        Sort(packed, added, sorted);
        var end = count;
        for (var shift = added; shift > 0; shift--)
        {
            var entry = sorted[shift - 1];
            var limit = Vector512.Create(entry);
            int greater;
            do
            {
                var from = list + end - Lanes;
                var block = Vector512.Load(from);
                var isGreater = Vector512.GreaterThan(block, limit);
                greater = BitOperations.PopCount(isGreater.ExtractMostSignificantBits());
                Vector512.ConditionalSelect(isGreater, block, Vector512.Load(from + shift)).Store(from + shift);
                end -= greater;
            }
            while (greater == Lanes);
            list[end + shift - 1] = entry;
        }

        return end;
    }

    /// <summary>The first entry from <paramref name="cursor"/> on whose links were not read; <paramref name="count"/> if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int NextUnexpanded(ulong* list, int cursor, int count)
    {
        while (cursor < count && (list[cursor] & Candidate.Expanded) != 0)
        {
            cursor++;
        }

        return cursor;
    }

    /// <summary>Sorts by counting, for each entry, how many are less.</summary>
    private static void Sort(ulong* packed, int count, ulong* sorted)
    {
        Vector512.Create(ulong.MaxValue).Store(packed + count);
        for (var i = 0; i < count; i++)
        {
            var entry = Vector512.Create(packed[i]);
            var rank = 0;
            for (var j = 0; j < count; j += Lanes)
            {
                rank += BitOperations.PopCount(Vector512.LessThan(Vector512.Load(packed + j), entry).ExtractMostSignificantBits());
            }

            sorted[rank] = packed[i];
        }
    }
}
