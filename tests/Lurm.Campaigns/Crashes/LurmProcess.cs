using System.Diagnostics;
using Lurm.Api;

namespace Lurm.Campaigns.Crashes;

/// <summary>A real <c>lurm</c> process.</summary>
internal sealed class LurmProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly ManualResetEventSlim _spoke = new();
    private readonly Task<string> _errors;

    public LurmProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LurmApplication).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                lock (_lines)
                {
                    _lines.Add(text);
                }

                _spoke.Set();
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it said on standard error, once it ended.</summary>
    public string Errors => _errors.GetAwaiter().GetResult();

    public int ExitCode => _process.ExitCode;

    /// <summary>Kills it unless it ends by itself within <paramref name="time"/>; true where it was killed.</summary>
    public bool KillAfter(TimeSpan time)
    {
        var ended = _process.WaitForExit(time);
        if (!ended)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        return !ended;
    }

    /// <summary>The first line it prints; null where none comes while this process runs for <paramref name="patience"/>.</summary>
    public string? FirstLine(TimeSpan patience)
    {
        using var time = new RunningTime();
        while (!_spoke.Wait(TimeSpan.FromMilliseconds(100)) && time.Elapsed < patience)
        {
            // It may be that the machine was suspended, and the process with it.
        }

        lock (_lines)
        {
            return _lines.FirstOrDefault();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _spoke.Dispose();
    }
}
