using System.CommandLine;
using Lurm.Training.Commands;

namespace Lurm.Training;

/// <summary>The <c>lurm-train</c> command.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Samples, trains and evaluates Lurm models.") { SampleCommand.Create(), EvaluateCommand.Create(), FitCommand.Create(), DemoCommand.Create() };
        return root.Parse(arguments).InvokeAsync();
    }
}
