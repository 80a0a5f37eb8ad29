using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Lurm.Store.Queries;

/// <summary>Ids and row numbers of the users that queries have met, so that a warm query asks SQLite for none of them. Good until a user is erased.</summary>
/// <remarks>
/// An id keeps its row number for as long as the user is there, so only an erasure makes an entry wrong: then the whole directory is replaced. What a
/// query still reads for the old one stays in the old one. About 60 bytes a user in answers, and 100 a user asked for. Any number of threads.
/// </remarks>
internal sealed class UserDirectory(LurmDatabase database, long erasureVersion)
{
    private const int PageBits = 12;

    /// <summary>Users asked for by id that are kept; beyond that they begin anew.</summary>
    private const int MaxKeys = 1 << 20;

    private readonly ConcurrentDictionary<string, long> _keys = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private string?[]?[] _pages = [];

    /// <summary>The erasures that it knows of.</summary>
    public long ErasureVersion { get; } = erasureVersion;

    /// <summary>The row number of an id; false where nobody has it.</summary>
    public bool TryGetKey(string id, out long key)
    {
        if (_keys.TryGetValue(id, out key))
        {
            return true;
        }

        if (!database.TryGetUserKey(id, out key))
        {
            return false;
        }

        if (_keys.Count >= MaxKeys)
        {
            _keys.Clear();
        }

        _keys.TryAdd(id, key);
        return true;
    }

    /// <summary>The id of a row number, if it is known here.</summary>
    public string? Find(long key)
    {
        var pages = Volatile.Read(ref _pages);
        var page = key >> PageBits;
        return (ulong)page < (ulong)pages.Length && Volatile.Read(ref pages[page]) is { } ids ? ids[key & ((1 << PageBits) - 1)] : null;
    }

    /// <summary>Reads the ids that are not known yet, all in one read; those that are nobody's stay unknown.</summary>
    public void ReadUnknown(ReadOnlySpan<long> keys)
    {
        List<long>? unknown = null;
        foreach (var key in keys)
        {
            if (Find(key) is null)
            {
                (unknown ??= []).Add(key);
            }
        }

        if (unknown is not null)
        {
            Read(CollectionsMarshal.AsSpan(unknown));
        }
    }

    private void Read(ReadOnlySpan<long> keys)
    {
        var ids = new string?[keys.Length];
        database.GetUserIds(keys, ids);
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] is { } id)
            {
                Page(keys[i] >> PageBits)[keys[i] & ((1 << PageBits) - 1)] = id;
            }
        }
    }

    private string?[] Page(long page)
    {
        lock (_lock)
        {
            if (page >= _pages.Length)
            {
                var longer = _pages;
                Array.Resize(ref longer, checked((int)Math.Max(page + 1, _pages.Length * 2L)));
                Volatile.Write(ref _pages, longer);
            }

            if (_pages[page] is { } ids)
            {
                return ids;
            }

            ids = new string?[1 << PageBits];
            Volatile.Write(ref _pages[page], ids);
            return ids;
        }
    }
}
