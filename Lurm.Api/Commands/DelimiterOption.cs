using System.CommandLine;

namespace Lurm.Api.Commands;

/// <summary><c>--delimiter</c>: one character, or the word tab.</summary>
internal static class DelimiterOption
{
    public static Option<string?> Create() => new("--delimiter")
    {
        Description = "What separates columns: one character or 'tab'. Default: from the file's first line.",
        HelpName = "CHAR",
    };

    public static char? Read(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" or "\t" => '\t',
        { Length: 1 } => text[0],
        _ => throw new UsageException($"--delimiter is '{text}'; expected one character or 'tab'."),
    };
}
