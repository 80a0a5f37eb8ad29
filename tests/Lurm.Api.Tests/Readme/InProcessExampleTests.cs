namespace Lurm.Api.Tests.Readme;

public sealed class InProcessExampleTests
{
    [Fact]
    public void The_README_shows_the_example_that_is_compiled()
    {
        Assert.SkipWhen(ReadmeBlock.Repository() is null, "needs the sources around it");
        var shown = ReadmeBlock.OfReadme("csharp").Where(block => block.Contains("LurmDatabase.Open", StringComparison.Ordinal)).ToArray();

        Assert.Single(shown);
        Assert.Equal("using Lurm.Store;\n\n" + ReadmeBlock.Example(), shown[0]);
    }
}
