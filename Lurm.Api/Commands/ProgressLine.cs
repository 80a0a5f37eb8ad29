using System.Globalization;

namespace Lurm.Api.Commands;

/// <summary>Progress on stderr: one line that overwrites itself on a terminal, a plain line every few seconds in a pipe.</summary>
/// <remarks>Not for several threads; the reporters call it from the thread that works.</remarks>
internal sealed class ProgressLine(Shell shell) : IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan InPipe = TimeSpan.FromSeconds(5);

    private readonly long _start = shell.Time.GetTimestamp();
    private TimeSpan _next = shell.IsTerminal ? TimeSpan.Zero : InPipe;
    private int _width;
    private (string Name, TimeSpan At, long Done, double Fraction)? _stage;

    /// <summary>Shows how many <paramref name="done"/> are through <paramref name="stage"/>, its share (0: unknown), rate and time left, if it is time to.</summary>
    public void Report(string stage, long done, double fraction)
    {
        var elapsed = shell.Time.GetElapsedTime(_start);
        if (_stage?.Name != stage)
        {
            _stage = (stage, elapsed, done, fraction);
        }

        if (elapsed < _next)
        {
            return;
        }

        _next = elapsed + (shell.IsTerminal ? OnTerminal : InPipe);
        var share = fraction > 0 ? string.Create(CultureInfo.InvariantCulture, $", {100 * fraction:F0} %") : string.Empty;
        Write(string.Create(CultureInfo.InvariantCulture, $"{stage}: {done:N0}{share}, {Pace(_stage.Value, elapsed, done, fraction)}{elapsed.TotalSeconds:F0} s"));
    }

    public void Dispose()
    {
        if (_width > 0)
        {
            shell.Error.Write("\r" + new string(' ', _width) + "\r");
        }
    }

    // From what happened since the stage was first heard of; nothing while that is nothing.
    private static string Pace((string Name, TimeSpan At, long Done, double Fraction) stage, TimeSpan elapsed, long done, double fraction)
    {
        var seconds = (elapsed - stage.At).TotalSeconds;
        if (seconds <= 0 || done <= stage.Done)
        {
            return string.Empty;
        }

        var rate = string.Create(CultureInfo.InvariantCulture, $"{(done - stage.Done) / seconds:N0}/s, ");
        if (fraction <= stage.Fraction)
        {
            return rate;
        }

        var left = seconds / (fraction - stage.Fraction) * (1 - fraction);
        return rate + string.Create(CultureInfo.InvariantCulture, $"{(left < 120 ? $"{left:F0} s" : left < 7200 ? $"{left / 60:F0} min" : $"{left / 3600:F0} h")} left, ");
    }

    private void Write(string text)
    {
        if (!shell.IsTerminal)
        {
            shell.Error.WriteLine(text);
            return;
        }

        shell.Error.Write("\r" + text.PadRight(_width));
        _width = text.Length;
    }
}
