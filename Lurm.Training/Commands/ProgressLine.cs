using System.Diagnostics;

namespace Lurm.Training.Commands;

/// <summary>One line of progress on stderr: rewritten in place on a terminal, a plain line now and then in a pipe.</summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan TerminalPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PipePause = TimeSpan.FromSeconds(10);

    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private int _width;

    public ProgressLine()
        : this(Console.Error, !Console.IsErrorRedirected)
    {
    }

    public ProgressLine(TextWriter output, bool isTerminal)
    {
        _output = output;
        _isTerminal = isTerminal;
    }

    /// <summary>Shows <paramref name="text"/>, unless another was shown just before.</summary>
    public void Report(Func<string> text)
    {
        if (_sinceLast.Elapsed < (_isTerminal ? TerminalPause : PipePause))
        {
            return;
        }

        _sinceLast.Restart();
        Show(text());
    }

    /// <summary>Shows <paramref name="text"/> and ends the line.</summary>
    public void Done(string text)
    {
        Show(text);
        if (_isTerminal)
        {
            _output.WriteLine();
        }

        _width = 0;
    }

    private void Show(string text)
    {
        if (!_isTerminal)
        {
            _output.WriteLine(text);
            return;
        }

        _output.Write('\r' + text.PadRight(_width));
        _width = text.Length;
    }
}
