namespace Lurm.Api.Commands;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>What was asked could not be done: no such file, user or column, a damaged database, no model yet.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong, whatever the data: unknown verb or option, a value out of range.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM.</summary>
    public const int Stopped = 130;
}
