using Lurm.Store.Sqlite;

namespace Lurm.Store.Histories;

/// <summary>Adds entries to a user's stored history inside the caller's transaction, rewriting only the segments they fall into, and counts what it amounts to then.</summary>
/// <remarks>One thread; dispose it before the transaction ends or keep it for the next one of the same session.</remarks>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>
    /// A segment is cut between periods when its blob grows beyond this: an ordinary user's lifetime is one row, and what a new event rewrites
    /// stays small for the rest. A fifth of a page, so that pages fill well.
    /// </summary>
    public const int SegmentBytes = 1_500;

    private readonly Statement _read;
    private readonly Statement _add;
    private readonly Statement _update;
    private readonly Statement _delete;
    private readonly HistoryBuffer _old = new();
    private readonly HistoryBuffer _merged = new();
    private readonly DistinctItems _items = new();
    private readonly List<(int FirstPeriod, int End)> _segments = [];
    private byte[] _blob = new byte[4096];

    public SegmentWriter(Session session)
    {
        _read = session.Prepare("SELECT segment, counts FROM histories WHERE segment BETWEEN ?1 AND ?2 ORDER BY segment");

        // Two statements: for one that may do either, SQLite keeps a journal of the statement, with copies of pages.
        _add = session.Prepare("INSERT INTO histories (segment, events, counts) VALUES (?1, ?2, ?3)");
        _update = session.Prepare("UPDATE histories SET events = ?2, counts = ?3 WHERE segment = ?1");
        _delete = session.Prepare("DELETE FROM histories WHERE segment = ?1");
    }

    /// <summary>Counts sorted entries that are a user's whole history.</summary>
    public HistoryCounts Count(ReadOnlySpan<HistoryEntry> entries)
    {
        _items.Clear();
        _items.Add(entries);
        return new HistoryCounts(Periods(entries), _items.Count);
    }

    /// <summary>Adds <paramref name="entries"/> (sorted, at least one) to the history of a user that has none.</summary>
    public void AddFirst(long userKey, ReadOnlySpan<HistoryEntry> entries) => Write(userKey, entries, replaced: -1);

    /// <summary>Adds <paramref name="entries"/> (sorted, at least one) to a user's history. Returns what the whole history amounts to then.</summary>
    public HistoryCounts Add(long userKey, ReadOnlySpan<HistoryEntry> entries)
    {
        ReadSegments(userKey);
        if (_segments.Count == 0)
        {
            Write(userKey, entries, replaced: -1);
            return Count(entries);
        }

        _items.Clear();
        _items.Add(_old.Entries);
        _items.Add(entries);
        var periods = Periods(_old.Entries);
        var taken = 0;
        var from = 0;
        for (var i = 0; i < _segments.Count; i++)
        {
            // A period belongs to the last segment that begins at or before it; earlier ones than all belong to the first.
            var end = i + 1 == _segments.Count ? entries.Length : taken + Before(entries[taken..], _segments[i + 1].FirstPeriod);
            var stored = _old.Entries[from.._segments[i].End];
            from = _segments[i].End;
            if (end == taken)
            {
                continue;
            }

            HistoryCodec.Merge(stored, entries[taken..end], _merged);
            taken = end;
            var first = _segments[i].FirstPeriod;
            if (first != _merged.Entries[0].Period)
            {
                _delete.Bind(1, SegmentKey.Of(userKey, first)).Run();
            }

            Write(userKey, _merged.Entries, first);
            periods += Periods(_merged.Entries) - Periods(stored);
        }

        return new HistoryCounts(periods, _items.Count);
    }

    public void Dispose()
    {
        _read.Dispose();
        _add.Dispose();
        _update.Dispose();
        _delete.Dispose();
    }

    /// <summary>How many periods sorted entries have.</summary>
    public static int Periods(ReadOnlySpan<HistoryEntry> entries)
    {
        var periods = 0;
        var last = -1;
        foreach (ref readonly var entry in entries)
        {
            periods += entry.Period != last ? 1 : 0;
            last = entry.Period;
        }

        return periods;
    }

    private void ReadSegments(long userKey)
    {
        _old.Clear();
        _segments.Clear();
        _read.Bind(1, SegmentKey.Of(userKey, 0)).Bind(2, SegmentKey.Of(userKey, HistoryCodec.MaxPeriod));
        while (_read.Step())
        {
            if (!HistoryCodec.TryDecode(_read.Blob(1), _old, out var reason))
            {
                throw new StoreException(StoreFault.Corrupt, $"the history of user {userKey} is damaged: {reason}. Run 'lurm check', then restore a backup.");
            }

            _segments.Add((SegmentKey.FirstPeriod(_read.Int64(0)), _old.Count));
        }

        _read.Reset();
    }

    // Writes sorted entries as one segment or, where they are many, several cut between periods; the one that begins at period 'replaced' is there.
    private void Write(long userKey, ReadOnlySpan<HistoryEntry> entries, int replaced)
    {
        if (_blob.Length < HistoryCodec.MaxEncodedBytes(entries.Length))
        {
            _blob = new byte[HistoryCodec.MaxEncodedBytes(entries.Length) * 2];
        }

        while (!entries.IsEmpty)
        {
            // Never encodes much more than it will write, however long the history is.
            var take = entries.Length <= 4 * SegmentBytes ? entries : entries[..Cut(entries, 4 * SegmentBytes)];
            var length = HistoryCodec.Encode(take, _blob);
            if (length > SegmentBytes && take[^1].Period != take[0].Period)
            {
                take = take[..Cut(take, (int)((long)take.Length * SegmentBytes / length))];
                length = HistoryCodec.Encode(take, _blob);
            }

            long events = 0;
            foreach (ref readonly var entry in take)
            {
                events += entry.Count;
            }

            var statement = take[0].Period == replaced ? _update : _add;
            statement.Bind(1, SegmentKey.Of(userKey, take[0].Period)).Bind(2, events).BindBlob(3, _blob.AsSpan(0, length)).Run();
            entries = entries[take.Length..];
        }
    }

    // The period boundary at or before about so many entries, but behind the first period.
    private static int Cut(ReadOnlySpan<HistoryEntry> entries, int about)
    {
        var period = entries[Math.Clamp(about, 0, entries.Length - 1)].Period;
        var cut = Before(entries, period);
        return cut > 0 ? cut : Before(entries, entries[0].Period + 1);
    }

    // How many entries lie before a period.
    private static int Before(ReadOnlySpan<HistoryEntry> entries, int period)
    {
        int low = 0, high = entries.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].Period < period)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
