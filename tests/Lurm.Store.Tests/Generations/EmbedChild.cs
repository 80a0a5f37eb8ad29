using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Lurm.Store.Tests.Generations;

/// <summary>Another process with this same program: started with the variable <c>LURM_TEST_EMBED</c> it embeds instead of testing.</summary>
internal static class EmbedChild
{
    private const string Variable = "LURM_TEST_EMBED";

    /// <summary>Starts a child that embeds once.</summary>
    /// <param name="database">The folder.</param>
    /// <param name="all">Everyone, into a new generation.</param>
    /// <param name="model">A model to use, or the newest candidate.</param>
    /// <param name="dieAt">Where it kills itself, without a chance to clean up: never, or at its n-th progress report.</param>
    public static Process Start(string database, bool all = false, string? model = null, int? dieAt = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(EmbedChild).Assembly.Location);
        }

        start.Environment[Variable] = string.Join('\n', database, all ? "all" : "changed", model, dieAt?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Process.Start(start)!;
    }

    /// <summary>Runs a child to its end; its exit code.</summary>
    public static int Run(string database, bool all = false, string? model = null, int? dieAt = null)
    {
        using var child = Start(database, all, model, dieAt);
        var errors = child.StandardError.ReadToEndAsync();
        child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(dieAt is not null || child.ExitCode == 0, errors.GetAwaiter().GetResult());
        return child.ExitCode;
    }

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } request)
        {
            return;
        }

        var parts = request.Split('\n');
        using (var database = LurmDatabase.Open(parts[0]))
        {
            var options = new EmbedOptions { All = parts[1] == "all", ModelId = parts[2].Length == 0 ? null : parts[2], Threads = 1 };
            database.Embed(options, parts[3].Length == 0 ? null : new Death(int.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture)));
        }

        Environment.Exit(0);
    }

    private sealed class Death(int at) : IProgress<EmbedProgress>
    {
        private int _reports;

        public void Report(EmbedProgress value)
        {
            if (Interlocked.Increment(ref _reports) == at)
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }
}
