using System.Diagnostics;
using System.Globalization;

namespace Lurm.Benchmarks.Index;

/// <summary>Process CPU time and the CSV that peers/run.sh prints.</summary>
internal static class Measure
{
    public const string Header = "peer,dataset,n,d,round,stage,threads,param,cpu_seconds,qps,recall10,distances,rss_mb,peak_mb,file_mb,wall_seconds";

    public static double Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    public static double Wall() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    /// <summary>A field of /proc/self/status in MB; 0 where there is none.</summary>
    public static double Memory(string field)
    {
        if (!File.Exists("/proc/self/status"))
        {
            return 0;
        }

        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(field + ":", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Resident memory in MB without what the runtime has yet to collect: the peer has no such garbage, and an index does not keep it.</summary>
    public static double Kept()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Memory("VmRSS");
    }

    /// <summary>A row whose size is a difference of resident sizes, as the peer's <c>rss_delta</c> is, or that of one block.</summary>
    public static void Size(string peer, DataFolder data, int round, string stage, int threads, double megabytes) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{peer},{data.Name},{data.Rows},{data.Dimensions},{round},{stage},{threads},0,0,0,0,0,{megabytes:F3},0,0,0"));

    public static void Row(string peer, DataFolder data, int round, string stage, int threads, int param, double cpu, double qps, double recall, double distances, double fileMb, double wall) =>
        Console.WriteLine(Line(peer, data, round, stage, threads, param, cpu, qps, recall, distances, fileMb, wall));

    /// <summary>The text of a row.</summary>
    public static string Line(string peer, DataFolder data, int round, string stage, int threads, int param, double cpu, double qps, double recall, double distances, double fileMb, double wall) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{peer},{data.Name},{data.Rows},{data.Dimensions},{round},{stage},{threads},{param},{cpu:F4},{qps:F1},{recall:F4},{distances:F1},{Memory("VmRSS"):F1},{Memory("VmHWM"):F1},{fileMb:F2},{wall:F4}");
}
