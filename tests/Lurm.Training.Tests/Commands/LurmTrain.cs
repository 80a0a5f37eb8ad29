using System.Diagnostics;

namespace Lurm.Training.Tests.Commands;

/// <summary>Runs <c>lurm-train</c> as a process of its own, as a user starts it.</summary>
internal static class LurmTrain
{
    public sealed record Run(int ExitCode, string Output, string Error)
    {
        /// <summary>stderr, which must be one line.</summary>
        public string ErrorLine => Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public static async Task<Run> InvokeAsync(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Lurm.Training.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var error = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return new Run(process.ExitCode, await output, await error);
    }
}
