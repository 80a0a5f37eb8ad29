using System.Diagnostics;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Benchmarks.Histories;

/// <summary>One large batch: events per second over all, in the first and last fifth of each stage with the course between them, users per second of applying, and peak memory.</summary>
internal static class LargeIngest
{
    private const int Parts = 5;

    public static int Run(string[] args)
    {
        if (args.Length != 2)
        {
            return HistoriesBenchmark.Run([]);
        }

        var stages = new Dictionary<string, List<Point>>();
        var clock = Stopwatch.StartNew();
        var cpu = Shop.Cpu();
        using var lurm = LurmDatabase.Create(args[1]);
        var report = lurm.IngestFiles([args[0]], Shop.Sample, null, new Track(stages, clock, lurm));
        var seconds = clock.Elapsed.TotalSeconds;
        Shop.Print($"{report.Events:N0} events of {report.NewUsers:N0} users: {seconds:F1} s wall, {Shop.Cpu() - cpu:F1} s CPU, {report.Events / seconds:N0} events/s, peak {Shop.PeakMegabytes():F0} MB");
        foreach (var (stage, points) in stages)
        {
            Shop.Print($"{stage}, {points[0].Seconds:F1} to {points[^1].Seconds:F1} s, million events/s in fifths: {Course(points, point => point.Events)}; last to first {Ratio(points):F2} (target at least 0.8)");
            if (points[^1].Users > 0)
            {
                Shop.Print($"{stage}, million users/s in fifths: {Course(points, point => point.Users)}");
            }
        }

        return 0;
    }

    private static string Course(List<Point> points, Func<Point, long> of) => string.Join(
        ' ',
        Enumerable.Range(0, Parts).Select(part => (Rate(points, of, part) / 1e6).ToString("F2", CultureInfo.InvariantCulture)));

    private static double Ratio(List<Point> points) => Rate(points, point => point.Events, Parts - 1) / Rate(points, point => point.Events, 0);

    private static double Rate(List<Point> points, Func<Point, long> of, int part)
    {
        var first = points[(points.Count - 1) * part / Parts];
        var last = points[(points.Count - 1) * (part + 1) / Parts];
        return (of(last) - of(first)) / Math.Max(1e-9, last.Seconds - first.Seconds);
    }

    /// <summary>What was done after so many seconds; no users while rows are read.</summary>
    private readonly record struct Point(double Seconds, long Events, long Users);

    private sealed class Track(Dictionary<string, List<Point>> stages, Stopwatch clock, LurmDatabase lurm) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value)
        {
            if (!stages.TryGetValue(value.Stage, out var points))
            {
                stages.Add(value.Stage, points = []);
            }

            points.Add(new Point(clock.Elapsed.TotalSeconds, value.Events, value.Stage == "applying" ? Users() : 0));
        }

        private long Users()
        {
            using var read = lurm.Connections.Read();
            return read.Session.QueryInt64("SELECT max(user_key) FROM users");
        }
    }
}
