namespace Lurm.Campaigns;

/// <summary>How long this process has run, in steps of a tenth of a second: time for which it was stopped, or its machine suspended, is no reader that hangs.</summary>
internal sealed class RunningTime : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly Thread _clock;
    private readonly Action<TimeSpan>? _onStep;
    private volatile bool _stopped;
    private volatile int _steps;

    /// <summary>Starts at zero.</summary>
    /// <param name="onStep">Called every step, on a thread of its own, with the time so far.</param>
    public RunningTime(Action<TimeSpan>? onStep = null)
    {
        _onStep = onStep;
        _clock = new Thread(Run) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _clock.Start();
    }

    public TimeSpan Elapsed => Step * _steps;

    public void Dispose()
    {
        _stopped = true;
        _clock.Join();
    }

    private void Run()
    {
        while (!_stopped)
        {
            Thread.Sleep(Step);
            _steps++;
            _onStep?.Invoke(Elapsed);
        }
    }
}
