using Lurm.Api.Commands;

namespace Lurm.Api.Tests.Commands;

public sealed class HelpTests
{
    private static readonly string[] Documented =
        ["create", "ingest", "items", "attributes", "embed", "similar", "lookalike", "export", "recall", "erase", "retain", "backup", "check", "stats", "serve"];

    [Fact]
    public async Task Every_documented_verb_is_there_and_helps()
    {
        foreach (var verb in Documented)
        {
            var run = await Cli.InvokeAsync(verb, "--help");
            Assert.Equal(0, run.ExitCode);
            Assert.Contains($"lurm {verb}", run.Output, StringComparison.Ordinal);
            Assert.Empty(run.Error);
        }
    }

    [Fact]
    public void Every_option_and_argument_says_what_it_is()
    {
        var root = LurmCommand.Create(new Shell(TextWriter.Null, TextWriter.Null, false, TimeProvider.System));
        foreach (var verb in root.Subcommands)
        {
            Assert.False(string.IsNullOrEmpty(verb.Description), verb.Name);
            Assert.All(verb.Options, option => Assert.False(string.IsNullOrEmpty(option.Description), $"{verb.Name} {option.Name}"));
            Assert.All(verb.Arguments, argument => Assert.False(string.IsNullOrEmpty(argument.Description), $"{verb.Name} {argument.Name}"));
        }
    }
}
