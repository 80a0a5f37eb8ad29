using Lurm.Store;
using Lurm.Store.Histories;

namespace Lurm.Training.Evaluation.Data;

/// <summary>Whole histories of many users in memory, in key order; row i is the i-th user.</summary>
internal sealed class UserHistories
{
    private readonly long[] _keys;
    private readonly int[] _starts;
    private readonly HistoryEntry[] _entries;

    public UserHistories(long[] keys, int[] starts, HistoryEntry[] entries)
    {
        _keys = keys;
        _starts = starts;
        _entries = entries;
    }

    /// <summary>Users.</summary>
    public int Count => _keys.Length;

    /// <summary>Their row numbers in the database, ascending.</summary>
    public ReadOnlySpan<long> Keys => _keys;

    /// <summary>Entries of all users.</summary>
    public ReadOnlySpan<HistoryEntry> Entries => _entries.AsSpan(0, _starts[^1]);

    /// <summary>One user's history, sorted by period, item, kind.</summary>
    public ReadOnlySpan<HistoryEntry> this[int row] => _entries.AsSpan(_starts[row].._starts[row + 1]);

    /// <summary>Reads the histories of the users with these keys, ascending; those without events are left out.</summary>
    public static UserHistories Read(LurmDatabase database, ReadOnlySpan<long> keys, CancellationToken cancellationToken)
    {
        var builder = new Builder();
        database.ReadHistories(keys, builder.Add, cancellationToken);
        return builder.Build();
    }

    /// <summary>Reads everybody's history.</summary>
    public static UserHistories Read(LurmDatabase database, CancellationToken cancellationToken)
    {
        var builder = new Builder();
        database.ReadHistories(builder.Add, cancellationToken: cancellationToken);
        return builder.Build();
    }

    /// <summary>Everybody who has an entry in the periods [<paramref name="from"/>, <paramref name="before"/>), with those entries only.</summary>
    public UserHistories Between(int from, int before)
    {
        var builder = new Builder();
        for (var row = 0; row < Count; row++)
        {
            var history = this[row];
            var begin = LowerBound(history, from);
            builder.Add(_keys[row], history[begin..LowerBound(history, before)]);
        }

        return builder.Build();
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

    /// <summary>Collects users in key order.</summary>
    internal sealed class Builder
    {
        private readonly List<long> _keys = [];
        private readonly List<int> _starts = [0];
        private HistoryEntry[] _entries = new HistoryEntry[1024];
        private int _count;

        public void Add(long key, ReadOnlySpan<HistoryEntry> history)
        {
            if (history.IsEmpty)
            {
                return;
            }

            while (_count + history.Length > _entries.Length)
            {
                Array.Resize(ref _entries, _entries.Length * 2);
            }

            history.CopyTo(_entries.AsSpan(_count));
            _count += history.Length;
            _keys.Add(key);
            _starts.Add(_count);
        }

        public UserHistories Build() => new([.. _keys], [.. _starts], _entries);
    }
}
