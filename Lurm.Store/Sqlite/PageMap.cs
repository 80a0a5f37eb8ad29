using System.Buffers.Binary;

namespace Lurm.Store.Sqlite;

/// <summary>What each page of a database file is for, from its pointer-map pages and its list of free pages (sections 1.5 and 1.8 of SQLite's file format).</summary>
/// <remarks>Holds while nobody writes. Lurm's databases have pointer maps, since they may be vacuumed step by step. One thread.</remarks>
internal sealed class PageMap
{
    private const int HeaderBytes = 100;
    private const int EntryBytes = 5;
    private const long LockByte = 0x4000_0000;

    private readonly SqliteFile _file;
    private readonly byte[] _map;
    private readonly HashSet<uint> _trunks = [];
    private uint _mapPage;

    /// <exception cref="StoreException">The header or the list of free pages cannot be what SQLite writes.</exception>
    public PageMap(SqliteFile file)
    {
        _file = file;
        Span<byte> header = stackalloc byte[HeaderBytes];
        file.Read(header, 0);
        PageBytes = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var bytes and not 1 ? bytes : 65_536;
        UsableBytes = PageBytes - header[20];
        Pages = BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        _map = new byte[PageBytes];
        if (PageBytes < 512 || UsableBytes < 480 || Pages == 0 || BinaryPrimitives.ReadUInt32BigEndian(header[52..]) == 0)
        {
            throw Damaged($"pages of {PageBytes} bytes, {Pages} of them, largest root {BinaryPrimitives.ReadUInt32BigEndian(header[52..])}");
        }

        FindTrunks(BinaryPrimitives.ReadUInt32BigEndian(header[32..]));
    }

    /// <summary>Bytes of a page: a power of two from 512 to 65,536.</summary>
    public int PageBytes { get; }

    /// <summary>Bytes of a page that SQLite uses.</summary>
    public int UsableBytes { get; }

    /// <summary>Pages of the database, numbered from 1.</summary>
    public uint Pages { get; }

    /// <summary>What the page <paramref name="number"/> is for.</summary>
    public PageUse Use(uint number)
    {
        if (number == 1)
        {
            return PageUse.Tree;
        }

        var locked = (uint)(LockByte / PageBytes) + 1;
        var mapped = (uint)(UsableBytes / EntryBytes) + 1;
        var map = (number - 2) / mapped * mapped + 2;
        map += map == locked ? 1u : 0u;
        if (number == locked || number <= map)
        {
            return PageUse.Bookkeeping;
        }

        if (map != _mapPage)
        {
            _file.Read(_map, (long)(map - 1) * PageBytes);
            _mapPage = map;
        }

        return _map[(number - map - 1) * EntryBytes] switch
        {
            1 or 5 => PageUse.Tree,
            2 => _trunks.Contains(number) ? PageUse.FreeTrunk : PageUse.Free,
            3 or 4 => PageUse.Overflow,
            var other => throw Damaged($"page {number} of kind {other}"),
        };
    }

    private void FindTrunks(uint trunk)
    {
        Span<byte> next = stackalloc byte[4];
        while (trunk != 0)
        {
            if (trunk > Pages || !_trunks.Add(trunk))
            {
                throw Damaged($"page {trunk} in the list of free pages");
            }

            _file.Read(next, (long)(trunk - 1) * PageBytes);
            trunk = BinaryPrimitives.ReadUInt32BigEndian(next);
        }
    }

    private static StoreException Damaged(string found) =>
        new(StoreFault.Corrupt, $"The database file has {found}; that is no database of Lurm's as SQLite writes it. Run 'lurm check' and restore a backup.");
}
