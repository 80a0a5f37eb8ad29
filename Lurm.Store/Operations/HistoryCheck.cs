using Lurm.Store.Histories;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Operations;

/// <summary>Decodes every history row and compares it with its user's counts. A page of users is seen in one state of the database.</summary>
internal sealed class HistoryCheck(LurmDatabase database, Action<string, string, bool> report, bool repair)
{
    private const int PageUsers = 1_000;

    private readonly HistoryBuffer _entries = new();
    private readonly DistinctItems _distinct = new();
    private readonly List<(long UserKey, UserTotals Actual)> _wrong = [];
    private readonly List<long> _orphans = [];
    private long _items;
    private long _kinds;

    public long Users { get; private set; }

    public long Rows { get; private set; }

    public long Events { get; private set; }

    public void Run(CancellationToken cancellationToken)
    {
        long after = 0;
        while (after < SegmentKey.MaxUserKey)
        {
            cancellationToken.ThrowIfCancellationRequested();
            after = CheckPage(after);
            Repair();
        }
    }

    // Users up to the returned key, and the rows of keys between them that are nobody's.
    private long CheckPage(long after)
    {
        using var read = database.Connections.ReadSnapshot();
        var session = read.Session;
        _items = session.QueryInt64("SELECT max(item_key) FROM items");
        _kinds = session.QueryInt64("SELECT max(kind_key) FROM kinds");
        var users = new Dictionary<long, UserTotals>();
        var last = SegmentKey.MaxUserKey;
        using (var page = session.Prepare("SELECT user_key, event_count, period_count, item_count FROM users WHERE user_key > ?1 ORDER BY user_key LIMIT ?2"))
        {
            page.Bind(1, after).Bind(2, PageUsers);
            while (page.Step())
            {
                users.Add(page.Int64(0), new UserTotals(page.Int64(1), page.Int32(2), page.Int32(3)));
            }
        }

        Users += users.Count;
        last = users.Count == PageUsers ? users.Keys.Max() : last;
        var found = new Dictionary<long, UserTotals>();
        using (var rows = session.Prepare("SELECT segment, events, counts FROM histories WHERE segment BETWEEN ?1 AND ?2 ORDER BY segment"))
        {
            rows.Bind(1, SegmentKey.Of(after + 1, 0)).Bind(2, SegmentKey.Of(last, HistoryCodec.MaxPeriod));
            var lastPeriod = -1;
            long lastUser = 0;
            while (rows.Step())
            {
                var userKey = SegmentKey.UserKey(rows.Int64(0));
                if (userKey != lastUser)
                {
                    lastPeriod = -1;
                    _distinct.Clear();
                }

                var (events, periods) = CheckRow(rows, userKey, ref lastPeriod);
                lastUser = userKey;
                var sum = found.GetValueOrDefault(userKey);
                found[userKey] = new UserTotals(sum.Events + events, sum.Periods + periods, _distinct.Count);
            }
        }

        Compare(users, found);
        return last;
    }

    private (long Events, int Periods) CheckRow(Statement row, long userKey, ref int lastPeriod)
    {
        Rows++;
        _entries.Clear();
        var segment = row.Int64(0);
        if (!HistoryCodec.TryDecode(row.Blob(2), _entries, out var reason))
        {
            report("histories", $"row {segment} of user {userKey} is damaged: {reason}. Restore a backup", false);
            return (row.Int64(1), 0);
        }

        _distinct.Add(_entries.Entries);
        long events = 0;
        var periods = 0;
        var period = -1;
        foreach (var entry in _entries.Entries)
        {
            events += entry.Count;
            periods += entry.Period != period ? 1 : 0;
            period = entry.Period;
            if (entry.Item < 1 || entry.Item > _items || entry.Kind < 0 || entry.Kind > _kinds)
            {
                report("histories", $"row {segment} of user {userKey} names item {entry.Item} and kind {entry.Kind}; expected at most {_items} and {_kinds}. Restore a backup", false);
                break;
            }
        }

        if (_entries.Count > 0 && _entries.Entries[0].Period != SegmentKey.FirstPeriod(segment))
        {
            report("histories", $"row {segment} of user {userKey} starts at period {_entries.Entries[0].Period}; expected {SegmentKey.FirstPeriod(segment)}. Restore a backup", false);
        }

        if (_entries.Count > 0 && _entries.Entries[0].Period <= lastPeriod)
        {
            report("histories", $"row {segment} of user {userKey} overlaps the one before. Restore a backup", false);
        }

        if (events != row.Int64(1))
        {
            report("histories", $"row {segment} of user {userKey} holds {events} events; its column says {row.Int64(1)}. Restore a backup", false);
        }

        lastPeriod = Math.Max(lastPeriod, period);
        Events += events;
        return (events, periods);
    }

    private void Compare(Dictionary<long, UserTotals> users, Dictionary<long, UserTotals> found)
    {
        foreach (var (userKey, said) in users)
        {
            var actual = found.GetValueOrDefault(userKey);
            if (actual != said)
            {
                report("users", $"user {userKey} is said to have {said}; its histories hold {actual}. Run with repair", repair);
                _wrong.Add((userKey, actual));
            }
        }

        foreach (var userKey in found.Keys.Where(key => !users.ContainsKey(key)))
        {
            report("histories", $"histories of user {userKey} are there, the user is not. Run with repair, which removes them", repair);
            _orphans.Add(userKey);
        }
    }

    private void Repair()
    {
        if (repair && _wrong.Count + _orphans.Count > 0)
        {
            using var write = database.Connections.Write();
            using (var update = write.Session.Prepare("UPDATE users SET event_count = ?2, period_count = ?3, item_count = ?4 WHERE user_key = ?1"))
            using (var delete = write.Session.Prepare("DELETE FROM histories WHERE segment BETWEEN ?1 AND ?2"))
            {
                foreach (var (userKey, actual) in _wrong)
                {
                    update.Bind(1, userKey).Bind(2, actual.Events).Bind(3, actual.Periods).Bind(4, actual.Items).Run();
                }

                foreach (var userKey in _orphans)
                {
                    delete.Bind(1, SegmentKey.Of(userKey, 0)).Bind(2, SegmentKey.Of(userKey, HistoryCodec.MaxPeriod)).Run();
                }
            }

            write.Commit();
        }

        _wrong.Clear();
        _orphans.Clear();
    }

    private readonly record struct UserTotals(long Events, int Periods, int Items)
    {
        public override string ToString() => $"{Events} events in {Periods} periods and {Items} items";
    }
}
