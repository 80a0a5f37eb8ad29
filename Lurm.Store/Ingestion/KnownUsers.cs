using Lurm.Store.Sqlite;

namespace Lurm.Store.Ingestion;

/// <summary>Finds the keys of users while a batch is read.</summary>
/// <param name="connections">The database's.</param>
/// <param name="together">Whether many look-ups may share one read transaction, which spares each its file locks: only where the rows come without waiting for anyone.</param>
internal sealed class KnownUsers(Connections connections, bool together) : IDisposable
{
    private ReadLease? _read;

    /// <summary>A user's key, or 0 where nobody has the id.</summary>
    public long Find(ReadOnlySpan<byte> id)
    {
        _read ??= together ? connections.ReadSnapshot() : connections.Read();
        long key;
        using (var find = _read.Session.Prepare("SELECT user_key FROM users WHERE id = ?1"))
        {
            key = find.BindText(1, id).Step() ? find.Int64(0) : 0;
        }

        if (!together)
        {
            Dispose();
        }

        return key;
    }

    /// <summary>Ends the read transaction, so that the write-ahead log can be emptied; the next look-up begins another.</summary>
    public void Dispose()
    {
        _read?.Dispose();
        _read = null;
    }
}
