using System.Buffers.Binary;

namespace Lurm.Api.OData;

/// <summary>Rows of bytes by user key in a ring of a fixed size: the newest that fit are kept, the oldest make room.</summary>
/// <remarks>
/// Two kinds of arrays, neither of objects, so that a full ring costs the garbage collector nothing: the bytes, and for each key the place of its
/// row. Places count on for ever and are never used twice. Any number of threads may copy beside one that writes: a copy that
/// was overtaken by the ring's next turn is seen to be so, and is none. Both kinds are allocated as they fill.
/// </remarks>
internal sealed class RowRing(long maxBytes)
{
    /// <summary>A row lies within one chunk, behind its key and its length.</summary>
    private const int ChunkBytes = 1 << 20;

    /// <summary>Longer rows are not kept.</summary>
    private const int MaxRowBytes = ChunkBytes / 16;

    private const int HeaderBytes = sizeof(long) + sizeof(int);

    private const int PageBits = 12;

    private readonly byte[]?[] _chunks = new byte[Math.Max(2, maxBytes / ChunkBytes)][];
    private readonly int[] _used = new int[Math.Max(2, maxBytes / ChunkBytes)];
    private readonly Lock _gate = new();

    // The place of a key's row, and 0 where there is none: the first row's place is a chunk's length.
    private long[]?[] _places = [];
    private long _next = ChunkBytes;
    private int _left;

    /// <summary>Copies the row of a key to the start of <paramref name="destination"/>; false where there is none or, with its length said, no room for it.</summary>
    public bool TryCopy(long key, Span<byte> destination, out int length)
    {
        length = 0;
        var place = Place(key);
        if (place == 0 || ChunkOf(place) is not { } chunk)
        {
            return false;
        }

        // Until the place is looked at again, what is read may be half of another row.
        var at = (int)(place % ChunkBytes);
        var found = BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(at + sizeof(long)));
        if (found is < 0 or > MaxRowBytes || found > ChunkBytes - at - HeaderBytes)
        {
            return false;
        }

        length = found;
        if (found > destination.Length)
        {
            return false;
        }

        chunk.AsSpan(at + HeaderBytes, found).CopyTo(destination);
        Interlocked.MemoryBarrier();
        return Place(key) == place;
    }

    /// <summary>Keeps a row; one that the key had before is forgotten.</summary>
    public void Put(long key, ReadOnlySpan<byte> row)
    {
        if (row.Length > MaxRowBytes)
        {
            Remove(key);
            return;
        }

        lock (_gate)
        {
            if (HeaderBytes + row.Length > _left)
            {
                Turn();
            }

            var chunk = _next / ChunkBytes % _chunks.Length;
            var bytes = _chunks[chunk].AsSpan((int)(_next % ChunkBytes));
            BinaryPrimitives.WriteInt64LittleEndian(bytes, key);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(long)..], row.Length);
            row.CopyTo(bytes[HeaderBytes..]);
            Volatile.Write(ref PlaceToSet(key), _next);
            _used[chunk] += HeaderBytes + row.Length;
            _next += HeaderBytes + row.Length;
            _left -= HeaderBytes + row.Length;
        }
    }

    /// <summary>Forgets the row of a key.</summary>
    public void Remove(long key)
    {
        lock (_gate)
        {
            if (Place(key) != 0)
            {
                Volatile.Write(ref PlaceToSet(key), 0);
            }
        }
    }

    /// <summary>Forgets all rows; the memory stays for the next ones.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            Volatile.Write(ref _places, []);
        }
    }

    private byte[]? ChunkOf(long place) => Volatile.Read(ref _chunks[place / ChunkBytes % _chunks.Length]);

    private long Place(long key)
    {
        var pages = Volatile.Read(ref _places);
        var page = key >> PageBits;
        return (ulong)page < (ulong)pages.Length && Volatile.Read(ref pages[page]) is { } places ? Volatile.Read(ref places[key & ((1 << PageBits) - 1)]) : 0;
    }

    private ref long PlaceToSet(long key)
    {
        var page = checked((int)(key >> PageBits));
        if (page >= _places.Length)
        {
            var longer = _places;
            Array.Resize(ref longer, Math.Max(page + 1, _places.Length * 2));
            Volatile.Write(ref _places, longer);
        }

        if (_places[page] is null)
        {
            Volatile.Write(ref _places[page], new long[1 << PageBits]);
        }

        return ref _places[page]![key & ((1 << PageBits) - 1)];
    }

    /// <summary>Goes to the next chunk, whose rows of the turn before are forgotten first.</summary>
    private void Turn()
    {
        _next += _left;
        _left = ChunkBytes;
        var turned = _next / ChunkBytes % _chunks.Length;
        if (_chunks[turned] is not { } chunk)
        {
            Volatile.Write(ref _chunks[turned], new byte[ChunkBytes]);
            return;
        }

        var before = _next - ((long)_chunks.Length * ChunkBytes);
        for (var at = 0; at < _used[turned];)
        {
            var key = BinaryPrimitives.ReadInt64LittleEndian(chunk.AsSpan(at));
            if (Place(key) == before + at)
            {
                Volatile.Write(ref PlaceToSet(key), 0);
            }

            at += HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(at + sizeof(long)));
        }

        // No reader may meet new bytes at a place that still counts.
        Interlocked.MemoryBarrier();
        _used[turned] = 0;
    }
}
