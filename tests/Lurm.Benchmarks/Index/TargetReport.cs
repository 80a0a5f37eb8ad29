using System.Globalization;

namespace Lurm.Benchmarks.Index;

/// <summary>The derived numbers of filters, churn, opening, parallel build and scan, from the CSV files that their benchmarks print.</summary>
/// <remarks><c>index-targets OTHER.csv SCAN.csv</c>.</remarks>
internal static class TargetReport
{
    public static int Run(string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("usage: index-targets OTHER.csv SCAN.csv");
            return 2;
        }

        var rows = File.ReadLines(args[0]).Select(line => line.Split(',')).Where(f => f.Length > 15 && f[0] != "peer").ToList();
        Console.WriteLine("| what | measured |");
        Console.WriteLine("| --- | --- |");
        var scans = rows.Where(f => f[5] == "scan_all").ToDictionary(f => f[4], f => Number(f[9]));
        foreach (var line in rows.Where(f => f[5].StartsWith("filter_", StringComparison.Ordinal)).GroupBy(f => (Stage: f[5], Ef: f[7])))
        {
            var f = line.First();
            var ratios = line.Select(g => Number(g[9]) / scans[g[4]]).Order().ToList();
            Line($"{line.Key.Stage} at ef {line.Key.Ef}, against scanning all (median of {ratios.Count})", $"{ratios[ratios.Count / 2]:F1} x, recall {Number(f[10]):F4}, {Number(f[11]):F0} scored");
        }

        var insert = Value(rows, "insert_half", 8);
        Line("remove half and insert it again, against inserting it fresh (CPU)", $"{(Value(rows, "remove_half", 8) + Value(rows, "reinsert_half", 8)) / insert:F2} x (remove alone {Value(rows, "remove_half", 8) / insert:F2} x)");
        foreach (var f in rows.Where(f => f[5] == "query_churned"))
        {
            var fresh = rows.First(r => r[5] == "query_fresh" && r[7] == f[7]);
            Line($"recall at ef {f[7]} after that, fresh", $"{Number(f[10]):F4}, {Number(fresh[10]):F4}");
        }

        foreach (var stage in new[] { "open_first", "open_warm", "open_cold", "warmup" })
        {
            var times = rows.Where(f => f[5] == stage).Select(f => Number(f[15]) * 1e3).Order().ToList();
            if (times.Count > 0)
            {
                Line($"{stage} (wall, median of {times.Count})", $"{times[times.Count / 2]:F1} ms");
            }
        }

        var builds = rows.Where(f => f[5] == "build").ToList();
        if (builds.Count == 2)
        {
            Line($"build of {builds[0][1]} on one and on two threads", $"wall {Number(builds[0][15]):F2} and {Number(builds[1][15]):F2} s = {Number(builds[0][15]) / Number(builds[1][15]):F2} x; CPU {Number(builds[0][8]):F2} and {Number(builds[1][8]):F2} s");
        }

        foreach (var group in File.ReadLines(args[1]).Select(line => line.Split(',')).Where(f => f.Length == 9 && f[0] != "stage").GroupBy(f => f[0]))
        {
            var walls = group.Select(f => Number(f[7])).Order().ToList();
            var rates = group.Select(f => Number(f[8])).Order().ToList();
            Line($"{group.Key}, {group.First()[1]} rows of {group.First()[2]}, top {group.First()[3]} (median of {walls.Count})", $"{walls[walls.Count / 2]:F1} ms, {rates[rates.Count / 2]:F1} GB/s");
        }

        return 0;
    }

    private static void Line(string what, FormattableString measured) => Console.WriteLine($"| {what} | {measured.ToString(CultureInfo.InvariantCulture)} |");

    private static double Value(List<string[]> rows, string stage, int field) => Number(rows.First(f => f[5] == stage)[field]);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
