using System.CommandLine;
using System.CommandLine.Help;
using Lurm.Training.Commands;

namespace Lurm.Training;

/// <summary>The <c>lurm-train</c> command.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Samples, trains and evaluates Lurm models.") { SampleCommand.Create(), EvaluateCommand.Create(), FitCommand.Create(), DemoCommand.Create() };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            var verb = parsed.CommandResult.Command is RootCommand ? "lurm-train" : $"lurm-train {parsed.CommandResult.Command.Name}";
            Console.Error.WriteLine($"{verb}: {Told(parsed)} See '{verb} --help'.");
            return Task.FromResult(2);
        }

        return parsed.InvokeAsync();
    }

    /// <summary>A word that is not known says more than what was missed because of it; the parser's own words on one line.</summary>
    private static string Told(ParseResult parsed) => parsed.UnmatchedTokens is [var unknown, ..]
        ? $"'{unknown}' is no verb, option or argument here."
        : string.Join(' ', parsed.Errors[0].Message.Split(['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
