using System.Diagnostics;

namespace Lurm.Api.Tests.Samples;

/// <summary>A sample as it is built, run in a process of its own.</summary>
internal static class SampleProcess
{
    public static Process Start(string name, params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Path.GetTempPath(),
    })!;

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        using var process = Start(name, arguments);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await error);
        return (process.ExitCode, output);
    }
}
