namespace Lurm.Api.Tests.Readme;

/// <summary>The repository around these sources, and the README's blocks.</summary>
internal static class ReadmeBlock
{
    /// <summary>The repository's folder; nothing where the tests run away from their sources.</summary>
    public static string? Repository()
    {
        // From the test program upwards: paths that the compiler wrote down are made anonymous in CI builds.
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Lurm.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    /// <summary>What stands between the markers of the example's source, without its indentation.</summary>
    public static string Example()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository()!, "tests/Lurm.Api.Tests/Readme/InProcessExample.cs"));
        var from = Array.FindIndex(lines, line => line.Trim() == "// <readme>") + 1;
        var to = Array.FindIndex(lines, line => line.Trim() == "// </readme>");
        var indentation = lines[from].Length - lines[from].TrimStart().Length;
        return string.Join('\n', lines[from..to].Select(line => line.Length > indentation ? line[indentation..] : string.Empty));
    }

    /// <summary>The blocks of <paramref name="language"/> in the README.</summary>
    public static IEnumerable<string> OfReadme(string language)
    {
        var parts = File.ReadAllText(Path.Combine(Repository()!, "README.md")).Split("```");
        return parts.Where((_, index) => index % 2 == 1).Where(part => part.StartsWith(language + "\n", StringComparison.Ordinal)).Select(part => part[(language.Length + 1)..].TrimEnd());
    }
}
