using Lurm.Store.Histories;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>The number of the last change to any history; a user whose own version is larger than a watermark has changed since.</summary>
    public long LastHistoryVersion
    {
        get
        {
            using var read = _connections.Read();
            return HistoryVersion.Last(read.Session);
        }
    }

    /// <summary>Calls <paramref name="visit"/> with each user's whole history, in key order.</summary>
    /// <param name="visit">Receives each user that has events; no read transaction is open while it runs.</param>
    /// <param name="afterUserKey">Start after this key.</param>
    /// <param name="cancellationToken">Checked once per user.</param>
    /// <remarks>
    /// Pages of some thousand entries are read each as of its own moment: a user is always seen whole, but two users may be seen before and after a batch.
    /// </remarks>
    /// <exception cref="StoreException">A blob is damaged.</exception>
    public void ReadHistories(HistoryVisitor visit, long afterUserKey = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(visit);
        new HistoryReader(_connections).Visit(visit, Math.Max(0, afterUserKey), SegmentKey.MaxUserKey, cancellationToken);
    }

    /// <summary>Calls <paramref name="visit"/> with the whole history of each of these users that has one, in the order given.</summary>
    /// <param name="ascendingUserKeys">Keys; ascending is fastest.</param>
    /// <param name="visit">Receives each user that has events.</param>
    /// <param name="cancellationToken">Checked once per user.</param>
    /// <exception cref="StoreException">A blob is damaged.</exception>
    public void ReadHistories(ReadOnlySpan<long> ascendingUserKeys, HistoryVisitor visit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(visit);
        new HistoryReader(_connections).Visit(ascendingUserKeys, visit, cancellationToken);
    }

    /// <summary>Calls <paramref name="visit"/> with one user's whole history; false where the user is unknown or has none.</summary>
    /// <exception cref="StoreException">A blob is damaged.</exception>
    public bool ReadHistory(long userKey, HistoryVisitor visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var found = false;
        new HistoryReader(_connections).Visit(
            [userKey],
            (key, entries) =>
            {
                found = true;
                visit(key, entries);
            },
            CancellationToken.None);
        return found;
    }

    /// <summary>The keys, ascending, of users whose history changed after <paramref name="afterVersion"/> (0: all that have ever had events).</summary>
    /// <remarks>Costs one walk over an index of the changed users only.</remarks>
    public long[] ReadChangedUsers(long afterVersion, CancellationToken cancellationToken = default)
    {
        const int Page = 65_536;
        var keys = new List<long>();
        var version = afterVersion;
        long key = 0;
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = false;
            using var read = _connections.Read();
            using var statement = read.Session.Prepare(
                "SELECT history_version, user_key FROM users WHERE (history_version, user_key) > (?1, ?2) ORDER BY history_version, user_key LIMIT ?3");
            statement.Bind(1, version).Bind(2, version == afterVersion ? long.MaxValue : key).Bind(3, Page);
            while (statement.Step())
            {
                version = statement.Int64(0);
                key = statement.Int64(1);
                keys.Add(key);
                more = true;
            }
        }

        // A user that changed again between two pages is there twice.
        keys.Sort();
        return [.. keys.Distinct()];
    }
}
