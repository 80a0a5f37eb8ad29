using System.Diagnostics;
using Lurm.Store;

namespace Lurm.Benchmarks.Histories;

/// <summary>One large batch: events per second over all, in the first and last fifth of each stage, and peak memory.</summary>
internal static class LargeIngest
{
    public static int Run(string[] args)
    {
        if (args.Length != 2)
        {
            return HistoriesBenchmark.Run([]);
        }

        var stages = new Dictionary<string, List<(double Seconds, long Events)>>();
        var clock = Stopwatch.StartNew();
        var cpu = Shop.Cpu();
        using var lurm = LurmDatabase.Create(args[1]);
        var report = lurm.IngestFiles([args[0]], Shop.Sample, null, new Track(stages, clock));
        var seconds = clock.Elapsed.TotalSeconds;
        Shop.Print($"{report.Events:N0} events of {report.NewUsers:N0} users: {seconds:F1} s wall, {Shop.Cpu() - cpu:F1} s CPU, {report.Events / seconds:N0} events/s, peak {Shop.PeakMegabytes():F0} MB");
        foreach (var (stage, points) in stages)
        {
            Shop.Print($"{stage}: first fifth {Rate(points, 0, 0.2):N0} events/s, last fifth {Rate(points, 0.8, 1):N0} events/s");
        }

        return 0;
    }

    private static double Rate(List<(double Seconds, long Events)> points, double from, double to)
    {
        var first = points[(int)((points.Count - 1) * from)];
        var last = points[(int)((points.Count - 1) * to)];
        return (last.Events - first.Events) / Math.Max(1e-9, last.Seconds - first.Seconds);
    }

    private sealed class Track(Dictionary<string, List<(double Seconds, long Events)>> stages, Stopwatch clock) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value)
        {
            if (!stages.TryGetValue(value.Stage, out var points))
            {
                stages.Add(value.Stage, points = []);
            }

            points.Add((clock.Elapsed.TotalSeconds, value.Events));
        }
    }
}
