namespace Lurm.Api.Commands;

/// <summary>Where a command writes: results to <see cref="Output"/>, progress and errors to <see cref="Error"/>.</summary>
internal sealed class Shell(TextWriter output, TextWriter error, bool isTerminal, TimeProvider time)
{
    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>Progress may overwrite its own line; in a pipe it is plain lines, seldom.</summary>
    public bool IsTerminal { get; } = isTerminal;

    public TimeProvider Time { get; } = time;

    public static Shell OfProcess() => new(Console.Out, Console.Error, !Console.IsErrorRedirected, TimeProvider.System);
}
