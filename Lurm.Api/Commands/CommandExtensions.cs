using System.CommandLine;
using System.CommandLine.Parsing;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary>What the verbs have in common: how they run, and the arguments they share.</summary>
internal static class CommandExtensions
{
    /// <summary>Runs <paramref name="run"/> off the caller's thread, so that Ctrl-C is seen while SQLite works.</summary>
    public static Command Does(this Command command, Action<ParseResult, CancellationToken> run)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await Task.Run(() => run(parsed, cancellationToken), cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    public static Argument<string> Database() => new("DB") { Description = "The database's folder." };

    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON." };

    public static Option<string?> Filter() => new("--filter")
    {
        Description = "Only these users, as OData $filter text: \"Country eq 'France' and EventCount ge 10\".",
        HelpName = "F",
    };

    /// <summary>Parses the filter of <paramref name="option"/>; one that does not parse is wrong usage, whatever the data.</summary>
    public static UserFilter? GetFilter(this ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        try
        {
            return UserFilter.Parse(text);
        }
        catch (StoreException fault) when (fault.Fault == StoreFault.Invalid)
        {
            throw new UsageException($"{option.Name}: {fault.Message}");
        }
    }

    /// <summary>An option whose number must lie in a range; outside it the command line is wrong.</summary>
    public static Option<int> Between(this Option<int> option, int least, int most = int.MaxValue)
    {
        option.Validators.Add(result => Check(result, option, least, most));
        return option;
    }

    private static void Check(OptionResult result, Option<int> option, int least, int most)
    {
        // A text that is no number is the parser's own error.
        if (result.Errors.Any() || result.Tokens.Count != 1 || !int.TryParse(result.Tokens[0].Value, out var value))
        {
            return;
        }

        if (value < least || value > most)
        {
            var range = most == int.MaxValue ? $"{least} or more" : $"{least} to {most}";
            result.AddError($"{option.Name} is {value}; expected {range}.");
        }
    }
}
