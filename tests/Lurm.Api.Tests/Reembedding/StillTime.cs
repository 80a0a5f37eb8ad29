using System.Threading.Channels;

namespace Lurm.Api.Tests.Reembedding;

/// <summary>A clock that stands still until a test moves it, and then fires the timers that are due.</summary>
internal sealed class StillTime : TimeProvider
{
    private readonly Channel<TimeSpan> _asked = Channel.CreateUnbounded<TimeSpan>();
    private readonly Lock _lock = new();
    private readonly List<StillTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <summary>How long the next wait is that anyone begins.</summary>
    public async Task<TimeSpan> NextTimerAsync() => await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public void Fire(TimeSpan by)
    {
        StillTimer[] due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now)];
            _timers.RemoveAll(timer => timer.Due <= _now);
        }

        Array.ForEach(due, timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            var timer = new StillTimer(this, callback, state, _now + dueTime);
            _timers.Add(timer);
            _asked.Writer.TryWrite(dueTime);
            return timer;
        }
    }

    private sealed class StillTimer(StillTime time, TimerCallback callback, object? state, DateTimeOffset due) : ITimer
    {
        public DateTimeOffset Due => due;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
