using Lurm.Store;
using Lurm.Store.Histories;
using Lurm.Training.Algebra;

namespace Lurm.Training.Histories;

/// <summary>Whole histories of many users in memory, 24 bytes per (user, period, item, kind); row i is the i-th user. Immutable.</summary>
internal sealed class UserHistories
{
    private readonly long[] _keys;
    private readonly long[] _starts;
    private readonly HistoryEntry[] _entries;

    private UserHistories(long[] keys, long[] starts, HistoryEntry[] entries)
    {
        _keys = keys;
        _starts = starts;
        _entries = entries;
        FirstPeriod = int.MaxValue;
        LastPeriod = int.MinValue;
        foreach (ref readonly var entry in Entries)
        {
            Events += entry.Count;
            FirstPeriod = Math.Min(FirstPeriod, entry.Period);
            LastPeriod = Math.Max(LastPeriod, entry.Period);
        }
    }

    /// <summary>Users.</summary>
    public int Count => _keys.Length;

    /// <summary>Their row numbers in the database, ascending.</summary>
    public ReadOnlySpan<long> Keys => _keys;

    /// <summary>Entries of all users.</summary>
    public ReadOnlySpan<HistoryEntry> Entries => _entries.AsSpan(0, (int)_starts[^1]);

    /// <summary>Events in all.</summary>
    public long Events { get; }

    /// <summary>The earliest period; larger than <see cref="LastPeriod"/> where there are no events.</summary>
    public int FirstPeriod { get; }

    /// <summary>The latest period.</summary>
    public int LastPeriod { get; }

    /// <summary>One user's history, sorted by period, item, kind.</summary>
    public ReadOnlySpan<HistoryEntry> this[int row] => _entries.AsSpan((int)_starts[row], (int)(_starts[row + 1] - _starts[row]));

    /// <summary>Reads everybody's history, or a seeded sample of about <paramref name="maxUsers"/> users.</summary>
    public static UserHistories Read(LurmDatabase database, CancellationToken cancellationToken, int maxUsers = int.MaxValue, long seed = 0)
    {
        var share = maxUsers == int.MaxValue ? 1 : Math.Min(1, (double)maxUsers / Math.Max(1, database.GetStats(cancellationToken).Users));
        var builder = new Builder();
        database.ReadHistories(
            (key, history) =>
            {
                if (share >= 1 || SplitMix.Of(seed, key, 0x5A3).NextDouble() < share)
                {
                    builder.Add(key, history);
                }
            },
            cancellationToken: cancellationToken);
        return builder.Build();
    }

    /// <summary>Everybody who has an entry in the periods [<paramref name="from"/>, <paramref name="before"/>), with those entries only.</summary>
    public UserHistories Between(int from, int before)
    {
        var builder = new Builder();
        for (var row = 0; row < Count; row++)
        {
            builder.Add(_keys[row], EntriesBetween(row, from, before));
        }

        return builder.Build();
    }

    /// <summary>One user's entries in the periods [<paramref name="from"/>, <paramref name="before"/>).</summary>
    public ReadOnlySpan<HistoryEntry> EntriesBetween(int row, int from, int before)
    {
        var history = this[row];
        return history[LowerBound(history, from)..LowerBound(history, before)];
    }

    /// <summary>The given rows, ascending, alone.</summary>
    public UserHistories Rows(ReadOnlySpan<int> rows)
    {
        var builder = new Builder();
        foreach (var row in rows)
        {
            builder.Add(_keys[row], this[row]);
        }

        return builder.Build();
    }

    /// <summary>The row of a user; negative where the user is not there.</summary>
    public int RowOf(long key) => Array.BinarySearch(_keys, key);

    private static int LowerBound(ReadOnlySpan<HistoryEntry> history, int period)
    {
        var low = 0;
        var high = history.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (history[middle].Period < period)
            {
                low = middle + 1;
                continue;
            }

            high = middle;
        }

        return low;
    }

    /// <summary>Collects users in key order; those without an entry are left out.</summary>
    internal sealed class Builder
    {
        private readonly List<long> _keys = [];
        private readonly List<long> _starts = [0];
        private HistoryEntry[] _entries = new HistoryEntry[4096];

        public void Add(long key, ReadOnlySpan<HistoryEntry> history)
        {
            if (history.IsEmpty)
            {
                return;
            }

            var start = _starts[^1];
            var end = start + history.Length;
            if (end > Array.MaxLength)
            {
                throw new TrainingException(TrainingFault.Invalid, $"found more than {Array.MaxLength:N0} history entries; train on fewer users with --max-users.");
            }

            if (end > _entries.Length)
            {
                Array.Resize(ref _entries, (int)Math.Min(Array.MaxLength, Math.Max(end, _entries.Length * 2L)));
            }

            history.CopyTo(_entries.AsSpan((int)start));
            _keys.Add(key);
            _starts.Add(end);
        }

        public UserHistories Build() => new([.. _keys], [.. _starts], _entries);
    }
}
