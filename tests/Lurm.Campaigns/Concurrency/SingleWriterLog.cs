using System.Diagnostics;

namespace Lurm.Campaigns.Concurrency;

/// <summary>
/// What one object went through while one thread wrote and many read: is there, for every read, a moment between its call and its return at which the
/// object was what the read saw, so that no later read sees an older state?
/// </summary>
/// <remarks>With one writer that is linearisability, and taking the earliest state that fits each read decides it without a search.</remarks>
internal sealed class SingleWriterLog<T>(T initial)
    where T : notnull
{
    private readonly List<(T State, long Called, long Returned)> _writes = [(initial, long.MinValue, long.MinValue)];
    private readonly List<(T State, long Called, long Returned)> _reads = [];
    private readonly Lock _gate = new();

    /// <summary>The state after the last write; for its writer.</summary>
    public T Latest => _writes[^1].State;

    /// <summary>Runs the write that makes the object <paramref name="next"/>; only its one writer calls this.</summary>
    public void Write(T next, Action write)
    {
        lock (_gate)
        {
            _writes.Add((next, Stopwatch.GetTimestamp(), long.MaxValue));
        }

        write();
        lock (_gate)
        {
            var (state, called, _) = _writes[^1];
            _writes[^1] = (state, called, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Runs a read.</summary>
    public void Read(Func<T> read)
    {
        var called = Stopwatch.GetTimestamp();
        var state = read();
        var returned = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            _reads.Add((state, called, returned));
        }
    }

    /// <summary>Null where every read can be explained; else the first that cannot.</summary>
    public string? Explain()
    {
        var explained = new List<(int State, long Returned)>();
        foreach (var (state, called, returned) in _reads.OrderBy(read => read.Called))
        {
            var earliest = _writes.FindLastIndex(write => write.Returned < called);
            foreach (var (before, end) in explained)
            {
                earliest = end < called ? Math.Max(earliest, before) : earliest;
            }

            var latest = _writes.FindLastIndex(write => write.Called < returned);
            var found = earliest;
            while (found <= latest && !_writes[found].State.Equals(state))
            {
                found++;
            }

            if (found > latest)
            {
                return $"a read saw '{state}'; between its call and its return the states were '{string.Join("', '", _writes[earliest..(latest + 1)].Select(write => write.State))}'";
            }

            explained.Add((found, returned));
        }

        return null;
    }
}
