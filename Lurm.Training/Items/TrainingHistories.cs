using Lurm.Store;
using Lurm.Store.Histories;
using Lurm.Training.Algebra;

namespace Lurm.Training.Items;

/// <summary>The histories that training looks at, in memory: 24 bytes per (user, period, item, kind).</summary>
internal sealed class TrainingHistories
{
    private readonly HistoryEntry[] _entries;
    private readonly long[] _starts;

    private TrainingHistories(long[] userKeys, long[] starts, HistoryEntry[] entries)
    {
        UserKeys = userKeys;
        _starts = starts;
        _entries = entries;
        FirstPeriod = int.MaxValue;
        LastPeriod = int.MinValue;
        foreach (ref readonly var entry in entries.AsSpan(0, (int)starts[^1]))
        {
            Events += entry.Count;
            FirstPeriod = Math.Min(FirstPeriod, entry.Period);
            LastPeriod = Math.Max(LastPeriod, entry.Period);
        }
    }

    /// <summary>Users.</summary>
    public int Count => UserKeys.Length;

    /// <summary>Row numbers of the users.</summary>
    public long[] UserKeys { get; }

    /// <summary>Events in all.</summary>
    public long Events { get; }

    /// <summary>The earliest period; larger than <see cref="LastPeriod"/> where there are no events.</summary>
    public int FirstPeriod { get; }

    /// <summary>The latest period.</summary>
    public int LastPeriod { get; }

    /// <summary>Entries of user number <paramref name="user"/>, sorted by period.</summary>
    public ReadOnlySpan<HistoryEntry> this[int user] => _entries.AsSpan((int)_starts[user], (int)(_starts[user + 1] - _starts[user]));

    /// <summary>Reads the whole base, or a seeded sample of <paramref name="maxUsers"/> users.</summary>
    public static TrainingHistories Read(LurmDatabase database, int maxUsers, long seed, CancellationToken cancellationToken)
    {
        var users = database.GetStats(cancellationToken).Users;
        var share = users <= maxUsers ? 1.0 : (double)maxUsers / users;
        var builder = new Builder();
        database.ReadHistories(
            (userKey, entries) =>
            {
                if (share >= 1 || SplitMix.Of(seed, userKey, 0x5A3).NextDouble() < share)
                {
                    builder.Add(userKey, entries);
                }
            },
            cancellationToken: cancellationToken);
        return builder.Build();
    }

    /// <summary>Each user's entries before <paramref name="period"/>; users without any are left out.</summary>
    public TrainingHistories Before(int period)
    {
        var builder = new Builder();
        for (var user = 0; user < Count; user++)
        {
            var entries = this[user];
            var end = 0;
            while (end < entries.Length && entries[end].Period < period)
            {
                end++;
            }

            if (end > 0)
            {
                builder.Add(UserKeys[user], entries[..end]);
            }
        }

        return builder.Build();
    }

    /// <summary>Only these users, in this order.</summary>
    public TrainingHistories Select(ReadOnlySpan<int> users)
    {
        var builder = new Builder();
        foreach (var user in users)
        {
            builder.Add(UserKeys[user], this[user]);
        }

        return builder.Build();
    }

    /// <summary>Collects users.</summary>
    internal sealed class Builder
    {
        private readonly List<long> _userKeys = [];
        private readonly List<long> _starts = [0];
        private HistoryEntry[] _entries = new HistoryEntry[4096];

        public void Add(long userKey, ReadOnlySpan<HistoryEntry> entries)
        {
            var start = _starts[^1];
            var end = start + entries.Length;
            if (end > Array.MaxLength)
            {
                throw new TrainingException(TrainingFault.Invalid, $"found more than {Array.MaxLength:N0} history entries; train on fewer users with --max-users.");
            }

            if (end > _entries.Length)
            {
                Array.Resize(ref _entries, (int)Math.Min(Array.MaxLength, Math.Max(end, _entries.Length * 2L)));
            }

            entries.CopyTo(_entries.AsSpan((int)start));
            _userKeys.Add(userKey);
            _starts.Add(end);
        }

        public TrainingHistories Build() => new([.. _userKeys], [.. _starts], _entries);
    }
}
