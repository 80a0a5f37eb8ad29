using System.Buffers.Binary;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Privacy;

/// <summary>Zeroes the bytes of a page that SQLite does not read: whatever they say is left over from rows that were moved or deleted.</summary>
/// <remarks>
/// SQLite's <c>secure_delete</c> zeroes rows that are deleted and pages that are freed. It does not zero what a page held before its rows were spread
/// over it and its neighbours anew (<c>rebuildPage</c>): old copies of rows stay in the gap between the page's cell pointers and its cells.
/// </remarks>
internal static class UnusedBytes
{
    private const int FileHeaderBytes = 100;

    /// <summary>Zeroes what <paramref name="page"/> does not use.</summary>
    /// <param name="page">All usable bytes of the page.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="use">What it is for.</param>
    /// <returns>The first and the last byte that changed, the last exclusive; both 0 where none did.</returns>
    /// <exception cref="StoreException">It cannot be a page as SQLite writes it.</exception>
    public static (int From, int To) Clear(Span<byte> page, uint number, PageUse use)
    {
        var changed = (From: page.Length, To: 0);
        switch (use)
        {
            case PageUse.Tree:
                ClearTree(page, number, ref changed);
                break;
            case PageUse.Free:
                Zero(page, 0, page.Length, ref changed);
                break;
            case PageUse.FreeTrunk:
                var leaves = BinaryPrimitives.ReadUInt32BigEndian(page[4..]);
                Zero(page, leaves <= page.Length / 4 - 2 ? 8 + (int)leaves * 4 : throw Damaged(number), page.Length, ref changed);
                break;
        }

        return changed.To == 0 ? default : changed;
    }

    // Section 1.6 of SQLite's file format: header, cell pointers, gap, cells with free blocks between them.
    private static void ClearTree(Span<byte> page, uint number, ref (int From, int To) changed)
    {
        var header = number == 1 ? FileHeaderBytes : 0;
        var pointers = page[header] switch
        {
            2 or 5 => header + 12,
            10 or 13 => header + 8,
            _ => throw Damaged(number),
        };
        var gap = pointers + 2 * Number(page, header + 3);
        var cells = Number(page, header + 5) is var start and not 0 ? start : 65_536;
        if (gap > cells || cells > page.Length)
        {
            throw Damaged(number);
        }

        Zero(page, gap, cells, ref changed);
        var least = cells;
        for (var block = Number(page, header + 1); block != 0;)
        {
            var bytes = block >= least && block + 4 <= page.Length ? Number(page, block + 2) : 0;
            if (bytes < 4 || block + bytes > page.Length)
            {
                throw Damaged(number);
            }

            Zero(page, block + 4, block + bytes, ref changed);
            least = block + bytes;
            block = Number(page, block);
        }
    }

    private static void Zero(Span<byte> page, int from, int to, ref (int From, int To) changed)
    {
        var unused = page[from..to];
        if (unused.ContainsAnyExcept((byte)0))
        {
            unused.Clear();
            changed = (Math.Min(changed.From, from), Math.Max(changed.To, to));
        }
    }

    private static int Number(ReadOnlySpan<byte> page, int at) => BinaryPrimitives.ReadUInt16BigEndian(page[at..]);

    private static StoreException Damaged(uint number) =>
        new(StoreFault.Corrupt, $"Page {number} of the database file is damaged. Run 'lurm check' and restore a backup.");
}
