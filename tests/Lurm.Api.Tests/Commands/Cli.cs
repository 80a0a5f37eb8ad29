using System.Diagnostics;
using Lurm.Api.Commands;

namespace Lurm.Api.Tests.Commands;

/// <summary>Runs <c>lurm</c>: as a process of its own, or quicker in this one.</summary>
internal static class Cli
{
    public sealed record Run(int ExitCode, string Output, string Error)
    {
        /// <summary>stderr, which must be one line.</summary>
        public string ErrorLine => Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The executable itself, as a user starts it.</summary>
    public static async Task<Run> ProcessAsync(params string[] args)
    {
        using var process = Start(args);
        var token = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var error = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return new Run(process.ExitCode, await output, await error);
    }

    public static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Lurm.Api.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }

    /// <summary>The same code in this process.</summary>
    public static async Task<Run> InvokeAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var shell = new Shell(output, error, isTerminal: false, TimeProvider.System);
        var exitCode = await LurmCommand.InvokeAsync(args, shell, TestContext.Current.CancellationToken);
        return new Run(exitCode, output.ToString(), error.ToString());
    }
}
