using System.Runtime.InteropServices;

namespace Lurm.Store.Queries;

/// <summary>Rows in the order of their scores, best first, equal scores in row order; only as many as are wanted are sorted.</summary>
internal static class Ranking
{
    private const int Buckets = 1 << 16;

    /// <summary>The <paramref name="wanted"/> best of <paramref name="rows"/>.</summary>
    /// <param name="scores">By row; finite.</param>
    /// <param name="rows">Candidates, ascending.</param>
    /// <param name="wanted">At most this many come back.</param>
    public static int[] Best(ReadOnlySpan<float> scores, ReadOnlySpan<int> rows, int wanted)
    {
        // Orderable bits, upside down, above the row: ascending is best first, then by row. A count by the top bits says where to stop.
        var counts = new int[Buckets];
        foreach (var row in rows)
        {
            counts[Descending(scores[row]) >> 16]++;
        }

        var last = 0;
        for (var total = counts[0]; total < wanted && last < Buckets - 1; total += counts[last])
        {
            last++;
        }

        var kept = new List<ulong>(Math.Min(rows.Length, wanted + 1024));
        foreach (var row in rows)
        {
            var bits = Descending(scores[row]);
            if (bits >> 16 <= last)
            {
                kept.Add(((ulong)bits << 32) | (uint)row);
            }
        }

        var sorted = CollectionsMarshal.AsSpan(kept);
        sorted.Sort();
        var best = new int[Math.Min(wanted, sorted.Length)];
        for (var i = 0; i < best.Length; i++)
        {
            best[i] = (int)(uint)sorted[i];
        }

        return best;
    }

    private static uint Descending(float score)
    {
        var bits = BitConverter.SingleToUInt32Bits(score);
        var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ~ascending;
    }
}
