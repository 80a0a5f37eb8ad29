using Lurm.Store.Sqlite;

namespace Lurm.Store.Histories;

/// <summary>Streams histories in key order: blobs are decoded from SQLite's own memory, a page at a time, so that no read transaction is held while a visitor works.</summary>
internal sealed class HistoryReader(Connections connections)
{
    /// <summary>Decoded entries of one page, at which its statement ends. 24 bytes each: a page stays in the second-level cache.</summary>
    private const int PageEntries = 16_384;

    private const string Scan = "SELECT segment, counts FROM histories WHERE segment >= ?1 AND segment <= ?2 ORDER BY segment";

    private readonly HistoryBuffer _entries = new();
    private readonly List<(long UserKey, int End)> _users = [];

    /// <summary>Visits every user with <paramref name="afterUserKey"/> &lt; key ≤ <paramref name="lastUserKey"/>.</summary>
    public void Visit(HistoryVisitor visit, long afterUserKey, long lastUserKey, CancellationToken cancellationToken)
    {
        for (var after = afterUserKey; after < lastUserKey;)
        {
            var more = ReadPage(after + 1, lastUserKey);
            VisitPage(visit, cancellationToken);
            if (!more)
            {
                return;
            }

            after = _users[^1].UserKey;
        }
    }

    /// <summary>Visits the users of <paramref name="ascendingUserKeys"/> that have a history.</summary>
    public void Visit(ReadOnlySpan<long> ascendingUserKeys, HistoryVisitor visit, CancellationToken cancellationToken)
    {
        for (var i = 0; i < ascendingUserKeys.Length;)
        {
            _entries.Clear();
            _users.Clear();
            using (var read = connections.Read())
            using (var statement = read.Session.Prepare(Scan))
            {
                for (; i < ascendingUserKeys.Length && _entries.Count < PageEntries; i++)
                {
                    var key = ascendingUserKeys[i];
                    if (key <= 0)
                    {
                        continue;
                    }

                    statement.Bind(1, SegmentKey.Of(key, 0)).Bind(2, SegmentKey.Of(key, HistoryCodec.MaxPeriod));
                    var before = _entries.Count;
                    while (statement.Step())
                    {
                        Decode(statement.Blob(1), key);
                    }

                    statement.Reset();
                    if (_entries.Count > before)
                    {
                        _users.Add((key, _entries.Count));
                    }
                }
            }

            VisitPage(visit, cancellationToken);
        }
    }

    private bool ReadPage(long firstUserKey, long lastUserKey)
    {
        _entries.Clear();
        _users.Clear();
        using var read = connections.Read();
        using var statement = read.Session.Prepare(Scan);
        statement.Bind(1, SegmentKey.Of(firstUserKey, 0)).Bind(2, SegmentKey.Of(Math.Min(lastUserKey, SegmentKey.MaxUserKey), HistoryCodec.MaxPeriod));
        long current = 0;
        while (statement.Step())
        {
            var key = SegmentKey.UserKey(statement.Int64(0));
            if (key != current)
            {
                if (current != 0)
                {
                    _users.Add((current, _entries.Count));
                    if (_entries.Count >= PageEntries)
                    {
                        return true;
                    }
                }

                current = key;
            }

            Decode(statement.Blob(1), key);
        }

        if (current != 0)
        {
            _users.Add((current, _entries.Count));
        }

        return false;
    }

    private void VisitPage(HistoryVisitor visit, CancellationToken cancellationToken)
    {
        var start = 0;
        foreach (var (userKey, end) in _users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            visit(userKey, _entries.Entries[start..end]);
            start = end;
        }
    }

    private void Decode(ReadOnlySpan<byte> blob, long userKey)
    {
        if (!HistoryCodec.TryDecode(blob, _entries, out var reason))
        {
            throw new StoreException(StoreFault.Corrupt, $"the history of user {userKey} is damaged: {reason}. Run 'lurm check', then restore a backup.");
        }
    }
}
