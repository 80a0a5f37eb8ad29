using Lurm.Store.Histories;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Privacy;

/// <summary>Drops the oldest periods of users inside one write transaction of the caller.</summary>
internal sealed class HistoryShortener(Session session, int firstPeriod, PeriodGrain grain)
{
    private readonly HistoryBuffer _entries = new();
    private readonly DistinctItems _items = new();
    private long _version;

    /// <summary>Drops a user's periods before the first one to keep.</summary>
    /// <returns>Events dropped, and whether nothing is left.</returns>
    public (long Dropped, bool IsEmpty) Shorten(long userKey)
    {
        long dropped = 0;
        foreach (var segment in SegmentsBefore(userKey))
        {
            dropped += Rewrite(userKey, segment);
        }

        if (dropped > 0)
        {
            UpdateUser(userKey);
        }

        using var count = session.Prepare("SELECT COUNT(*) FROM histories WHERE segment BETWEEN ?1 AND ?2");
        return (dropped, count.Bind(1, SegmentKey.Of(userKey, 0)).Bind(2, SegmentKey.Of(userKey, HistoryCodec.MaxPeriod)).Step() && count.Int64(0) == 0);
    }

    private List<long> SegmentsBefore(long userKey)
    {
        var segments = new List<long>();
        using var statement = session.Prepare("SELECT segment FROM histories WHERE segment >= ?1 AND segment < ?2 ORDER BY segment");
        statement.Bind(1, SegmentKey.Of(userKey, 0)).Bind(2, SegmentKey.Of(userKey, firstPeriod));
        while (statement.Step())
        {
            segments.Add(statement.Int64(0));
        }

        return segments;
    }

    // A segment that starts before the first period to keep loses its beginning, and with it its row number.
    private long Rewrite(long userKey, long segment)
    {
        _entries.Clear();
        using (var read = session.Prepare("SELECT counts FROM histories WHERE segment = ?1"))
        {
            read.Bind(1, segment).Step();
            HistoryCodec.Decode(read.Blob(0), _entries);
        }

        var entries = _entries.Entries;
        var kept = 0;
        while (kept < entries.Length && entries[kept].Period < firstPeriod)
        {
            kept++;
        }

        using (var delete = session.Prepare("DELETE FROM histories WHERE segment = ?1"))
        {
            delete.Bind(1, segment).Run();
        }

        var rest = entries[kept..];
        if (!rest.IsEmpty)
        {
            var blob = new byte[HistoryCodec.MaxEncodedBytes(rest.Length)];
            var length = HistoryCodec.Encode(rest, blob);
            using var insert = session.Prepare("INSERT INTO histories (segment, events, counts) VALUES (?1, ?2, ?3)");
            insert.Bind(1, SegmentKey.Of(userKey, rest[0].Period)).Bind(2, Events(rest)).BindBlob(3, blob.AsSpan(0, length)).Run();
        }

        return Events(entries[..kept]);
    }

    private void UpdateUser(long userKey)
    {
        _entries.Clear();
        using (var segments = session.Prepare("SELECT counts FROM histories WHERE segment BETWEEN ?1 AND ?2 ORDER BY segment"))
        {
            segments.Bind(1, SegmentKey.Of(userKey, 0)).Bind(2, SegmentKey.Of(userKey, HistoryCodec.MaxPeriod));
            while (segments.Step())
            {
                HistoryCodec.Decode(segments.Blob(0), _entries);
            }
        }

        var entries = _entries.Entries;
        _items.Clear();
        _items.Add(entries);
        using var update = session.Prepare(
            """
            UPDATE users SET event_count = ?2, period_count = ?3, first_seen = ?4, history_version = ?5, item_count = ?6,
                last_seen = CASE WHEN ?4 IS NULL THEN NULL ELSE last_seen END
            WHERE user_key = ?1
            """);
        update.Bind(1, userKey).Bind(2, Events(entries)).Bind(3, SegmentWriter.Periods(entries)).Bind(5, NextVersion()).Bind(6, _items.Count);
        _ = entries.IsEmpty ? update.BindNull(4) : update.Bind(4, Start(entries[0].Period));
        update.Run();
    }

    private long NextVersion()
    {
        if (_version == 0)
        {
            _version = HistoryVersion.Next(session);
        }

        return _version;
    }

    private long Start(int period) => grain == PeriodGrain.Day
        ? period * 86_400L
        : new DateTimeOffset(1970 + period / 12, period % 12 + 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    private static long Events(ReadOnlySpan<HistoryEntry> entries)
    {
        long events = 0;
        foreach (var entry in entries)
        {
            events += entry.Count;
        }

        return events;
    }
}
