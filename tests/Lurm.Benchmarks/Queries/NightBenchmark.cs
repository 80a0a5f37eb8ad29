using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Lurm.Benchmarks.Encode;
using Lurm.Benchmarks.Index;
using Lurm.Store;

namespace Lurm.Benchmarks.Queries;

/// <summary>
/// Latency of similar queries at half the highest rate of one thread, first alone, then while another process embeds everyone anew with
/// one thread and publishes, at a lower priority as the operator's page has it: <c>night FOLDER [--users 200000] [--seconds 10]</c>, on a folder that <c>queries</c> made. Linux.
/// </summary>
/// <remarks>Latency counts from the moment a query was due, so that one that waits behind a slow one is slow too.</remarks>
internal static partial class NightBenchmark
{
    private const int K = 20;

    /// <summary>Users asked for, the same in every phase: whoever is met for the first time costs more, with or without a job beside.</summary>
    private const int Asked = 50_000;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var users = arguments.Number("users", 200_000);
        var seconds = arguments.Number("seconds", 10);
        using var database = LurmDatabase.Open(arguments[0]);
        var before = database.Similar(new SimilarQuery { UserId = SyntheticShop.User(1), K = K }).AsOf;
        Closed(database, users, seconds / 2);
        var rate = Closed(database, users, seconds / 2) / 2;
        Print("quiet", rate, Open(database, users, rate, () => false, seconds));

        using var job = Process.Start(new ProcessStartInfo("nice", ["-n", "10", "dotnet", "exec", typeof(NightBenchmark).Assembly.Location, "night-job", arguments[0]]))!;
        Print("while another process embeds all and publishes", rate, Open(database, users, rate, () => !job.HasExited, seconds / 2));
        job.WaitForExit();
        var after = database.Similar(new SimilarQuery { UserId = SyntheticShop.User(1), K = K }).AsOf;
        Console.WriteLine($"job ended with {job.ExitCode}; the generation that answers is {(after > before ? "the new one" : "still the old one")}");
        return job.ExitCode;
    }

    /// <summary>The other process.</summary>
    public static int Job(string[] args)
    {
        using var database = LurmDatabase.Open(args[0]);
        database.Embed(new EmbedOptions { All = true, Threads = 1 });
        return 0;
    }

    /// <summary>Queries a second, one after the other.</summary>
    private static double Closed(LurmDatabase database, int users, int seconds)
    {
        var clock = Stopwatch.StartNew();
        long done = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; done++)
        {
            database.Similar(SyntheticShop.User(done % Asked * 7919 % users), K);
        }

        return done / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Latencies, in seconds, of queries that are due at a steady rate, for as long as told and then so many seconds more.</summary>
    private static List<double> Open(LurmDatabase database, int users, double rate, Func<bool> goOn, int seconds)
    {
        var latencies = new List<double>();
        var clock = Stopwatch.StartNew();
        var until = (double)seconds;
        for (long n = 0; n / rate < until; n++)
        {
            if (n % 256 == 0 && goOn())
            {
                until = (n / rate) + seconds;
            }

            var due = n / rate;
            for (var left = due - clock.Elapsed.TotalSeconds; left > 0; left = due - clock.Elapsed.TotalSeconds)
            {
                _ = Sleep((uint)(left * 1e6) + 1);
            }

            database.Similar(SyntheticShop.User(n % Asked * 7919 % users), K);
            latencies.Add(clock.Elapsed.TotalSeconds - due);
        }

        latencies.Sort();
        return latencies;
    }

    private static void Print(string name, double rate, List<double> latencies) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {latencies.Count} queries at {rate:F0} a second; p50 {latencies[(int)(latencies.Count * 0.5)] * 1e3:F2} ms, p99 {latencies[(int)(latencies.Count * 0.99)] * 1e3:F2} ms, p99.9 {latencies[(int)(latencies.Count * 0.999)] * 1e3:F2} ms, worst {latencies[^1] * 1e3:F1} ms"));

    [LibraryImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(uint microseconds);
}
