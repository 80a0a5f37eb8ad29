using System.Diagnostics;

namespace Lurm.Store.Generations;

/// <summary>Reports one stage of an embedding at most four times a second.</summary>
internal sealed class StageMeter
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly IProgress<EmbedProgress>? _progress;
    private readonly EmbedStage _stage;
    private readonly long _first;
    private readonly long _total;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private TimeSpan _last = TimeSpan.MinValue;
    private long _done;

    public StageMeter(IProgress<EmbedProgress>? progress, EmbedStage stage, long first, long total)
    {
        _progress = progress;
        _stage = stage;
        (_first, _done, _total) = (first, first, total);
        Report(force: true);
    }

    public void Add(long users)
    {
        lock (_lock)
        {
            _done += users;
            Report(force: _done >= _total);
        }
    }

    public void Finish()
    {
        lock (_lock)
        {
            if (_done < _total)
            {
                _done = _total;
                Report(force: true);
            }
        }
    }

    /// <summary>A receiver of how many are done in all.</summary>
    public IProgress<int>? AsTotal() => _progress is null ? null : new Totals(this);

    private void Report(bool force)
    {
        if (_progress is null || (!force && _clock.Elapsed - _last < Pause))
        {
            return;
        }

        _last = _clock.Elapsed;
        var rate = _last > TimeSpan.Zero ? (_done - _first) / _last.TotalSeconds : 0;
        _progress.Report(new EmbedProgress(_stage, _done, _total, rate, rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, _total - _done) / rate) : null));
    }

    private sealed class Totals(StageMeter meter) : IProgress<int>
    {
        public void Report(int value)
        {
            lock (meter._lock)
            {
                if (value > meter._done)
                {
                    meter._done = value;
                    meter.Report(force: value >= meter._total);
                }
            }
        }
    }
}
