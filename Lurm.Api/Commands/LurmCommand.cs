using System.CommandLine;
using System.CommandLine.Help;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary>The <c>lurm</c> command: its verbs, and the one place where a fault becomes a line on stderr and an exit code.</summary>
internal static class LurmCommand
{
    private const string Description = """
        Lurm, an embedded vector database for user representations: who is like this user, who is like this audience?
        A database is a folder. A first run: create, ingest, lurm-train fit, embed, then similar and lookalike.
        """;

    // Not a RootCommand: that one takes its name from the file it runs from, and adds directives nobody documents.
    public static Command Create(Shell shell) =>
        new("lurm", Description)
        {
            new HelpOption(),
            new VersionOption(),
            CreateCommand.Create(shell),
            IngestCommand.Create(shell),
            ItemsCommand.Create(shell),
            AttributesCommand.Create(shell),
            EmbedCommand.Create(shell),
            AdoptCommand.Create(shell),
            SimilarCommand.Create(shell),
            LookalikeCommand.Create(shell),
            ExportCommand.Create(shell),
            RecallCommand.Create(shell),
            EraseCommand.Create(shell),
            RetainCommand.Create(shell),
            BackupCommand.Create(shell),
            CheckCommand.Create(shell),
            StatsCommand.Create(shell),
            ServeCommand.Create(shell),
            KeyCommand.Create(shell),
        };

    public static async Task<int> InvokeAsync(IReadOnlyList<string> args, Shell shell, CancellationToken cancellationToken)
    {
        var parsed = Create(shell).Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            var command = parsed.CommandResult.Command.Name;
            return Fail(shell, $"{Told(parsed)} See '{(command == "lurm" ? "lurm" : $"lurm {command}")} --help'.", ExitCode.WrongUsage);
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = shell.Output,
                Error = shell.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (UsageException wrong)
        {
            return Fail(shell, $"{wrong.Message} See 'lurm {parsed.CommandResult.Command.Name} --help'.", ExitCode.WrongUsage);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Fail(shell, "stopped; what was finished before stands.", ExitCode.Stopped);
        }
        catch (Exception fault) when (fault is StoreException or IOException or InvalidDataException or UnauthorizedAccessException or Lurm.Index.IndexException or ArgumentException or DllNotFoundException)
        {
            return Fail(shell, fault.Message, ExitCode.Failed);
        }
    }

    /// <summary>The most telling of the parser's errors: a word it does not know rather than what it missed because of it.</summary>
    private static string Told(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var isVerb = parsed.CommandResult.Command.Name == "lurm" && !unknown.StartsWith('-');
            return isVerb ? $"'{unknown}' is no verb of lurm." : $"'{unknown}' is no option or argument here.";
        }

        return parsed.Errors[0].Message is "Required command was not provided." ? "Expected a verb." : parsed.Errors[0].Message;
    }

    private static int Fail(Shell shell, string message, int exitCode)
    {
        shell.Error.WriteLine("lurm: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }
}
