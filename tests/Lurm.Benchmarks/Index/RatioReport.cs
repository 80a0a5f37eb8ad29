using System.Globalization;

namespace Lurm.Benchmarks.Index;

/// <summary>Reads the CSV of several alternating rounds and prints, per data set, Lurm over hnswlib at equal recall.</summary>
/// <remarks><c>index-ratios FILE.csv…</c>: queries per second are interpolated in log space between the two beam widths around the recall; each round gives a ratio, printed as median [least-most].</remarks>
internal static class RatioReport
{
    private const string Peer = "hnswlib";
    private const string Reserved = "reserved_";

    public static int Run(string[] args)
    {
        var rows = args.SelectMany(File.ReadLines)
            .Where(line => line.Length > 0 && !line.StartsWith("peer,", StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split(','))
            .Where(f => f.Length >= 13)
            .Select(f => new Row(f[0], f[1], int.Parse(f[4], CultureInfo.InvariantCulture), f[5], Number(f[6]), Number(f[7]), Number(f[8]), Number(f[9]), Number(f[10]), Number(f[12]), f.Length > 15 ? Number(f[15]) : 0, Number(f[2])))
            .ToList();
        Console.WriteLine("| data | what | peer | ratio to hnswlib, median [least-most] | rounds |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var data in rows.Select(r => r.Data).Distinct())
        {
            foreach (var peer in rows.Select(r => r.Peer).Distinct().Where(p => p != Peer && p.StartsWith("lurm-", StringComparison.Ordinal)))
            {
                Print(rows, data, peer);
            }
        }

        return 0;
    }

    private static void Print(List<Row> rows, string data, string peer)
    {
        var targets = data.StartsWith("glove", StringComparison.Ordinal) ? new[] { 0.90, 0.95, 0.98 } : [0.95, 0.99];
        var rounds = rows.Where(r => r.Data == data && r.Stage == "query").Select(r => r.Round).Distinct().ToList();
        foreach (var recall in targets)
        {
            var ratios = rounds
                .Select(round => QueriesAt(rows, data, peer, round, recall) / QueriesAt(rows, data, Peer, round, recall))
                .Where(double.IsFinite)
                .ToList();
            PrintLine(data, $"queries/s at recall {recall.ToString("F2", CultureInfo.InvariantCulture)}", peer, ratios);
        }

        PrintLine(data, "build CPU seconds", peer, Ratios(rows, data, peer, "build", r => r.Cpu));
        PrintLine(data, "memory of the built index", peer, Ratios(rows, data, peer, "rss_delta", r => r.Resident));
        PrintBeyond(rows, data, peer);
        var best = rows.Where(r => r.Data == data && r.Stage == "query" && r.Parameter == 640).ToList();
        if (best.Any(r => r.Peer == peer))
        {
            var theirs = best.Where(r => r.Peer == Peer).Select(r => r.Recall).DefaultIfEmpty(double.NaN).Average();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {data} | recall at ef 640 | {peer} | {best.Where(r => r.Peer == peer).Average(r => r.Recall):F4} (hnswlib {theirs:F4}) | |"));
        }
    }

    /// <summary>What the index takes beside the float32 vectors, against what hnswlib takes beside them; codes and graph, against all that it takes; the blocks.</summary>
    private static void PrintBeyond(List<Row> rows, string data, string peer)
    {
        var mine = rows.FirstOrDefault(r => r.Data == data && r.Peer == peer && r.Stage == "rss_beyond_float32");
        var total = rows.FirstOrDefault(r => r.Data == data && r.Peer == peer && r.Stage == "rss_delta");
        var theirs = rows.FirstOrDefault(r => r.Data == data && r.Peer == Peer && r.Stage == "rss_delta");
        if (mine is null || total is null || theirs is null)
        {
            return;
        }

        PrintLine(data, "memory beside the float32 vectors, of hnswlib's", peer, [mine.Resident / (theirs.Resident - (total.Resident - mine.Resident))]);
        if (rows.FirstOrDefault(r => r.Data == data && r.Peer == peer && r.Stage == "rss_codes_and_graph") is { } coded)
        {
            PrintLine(data, "codes and graph (resident, without the float32 block), of all that hnswlib takes", peer, [coded.Resident / theirs.Resident]);
        }

        var blocks = rows.Where(r => r.Data == data && r.Peer == peer && r.Stage.StartsWith(Reserved, StringComparison.Ordinal)).ToList();
        if (blocks.Count > 0)
        {
            var sizes = blocks.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Stage[Reserved.Length..]} {b.Resident * 1048576 / b.Rows:F1}"));
            Console.WriteLine($"| {data} | bytes a vector | {peer} | {string.Join(", ", sizes)} | |");
        }
    }

    private static List<double> Ratios(List<Row> rows, string data, string peer, string stage, Func<Row, double> value)
    {
        var mine = rows.Where(r => r.Data == data && r.Peer == peer && r.Stage == stage && r.Threads == 1).ToList();
        var theirs = rows.Where(r => r.Data == data && r.Peer == Peer && r.Stage == stage && r.Threads == 1).ToList();
        return mine.Count == 0 || theirs.Count == 0
            ? []
            : [.. mine.Select(m => value(m) / value(theirs.FirstOrDefault(t => t.Round == m.Round) ?? theirs[0]))];
    }

    private static void PrintLine(string data, string what, string peer, List<double> ratios)
    {
        if (ratios.Count == 0)
        {
            return;
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {data} | {what} | {peer} | {ratios[ratios.Count / 2]:F2} [{ratios[0]:F2}-{ratios[^1]:F2}] | {ratios.Count} |"));
    }

    /// <summary>Queries per second at a recall, between the two measured points around it; NaN where the curve does not reach it.</summary>
    private static double QueriesAt(List<Row> rows, string data, string peer, int round, double recall)
    {
        var curve = rows.Where(r => r.Data == data && r.Peer == peer && r.Round == round && r.Stage == "query").OrderBy(r => r.Parameter).ToList();
        for (var i = 1; i < curve.Count; i++)
        {
            if (curve[i - 1].Recall <= recall && curve[i].Recall >= recall && curve[i].Recall > curve[i - 1].Recall)
            {
                var t = (recall - curve[i - 1].Recall) / (curve[i].Recall - curve[i - 1].Recall);
                return Math.Exp(((1 - t) * Math.Log(curve[i - 1].Queries)) + (t * Math.Log(curve[i].Queries)));
            }
        }

        return double.NaN;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Row(string Peer, string Data, int Round, string Stage, double Threads, double Parameter, double Cpu, double Queries, double Recall, double Resident, double Wall, double Rows);
}
