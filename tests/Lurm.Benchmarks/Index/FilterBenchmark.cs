using System.Diagnostics;
using Lurm.Index;

namespace Lurm.Benchmarks.Index;

/// <summary>Filtered search against an exact scan of all vectors: keys with key % S == 0 pass, as set and as predicate.</summary>
/// <remarks><c>index-filter DIR NAME [--storage …] [--queries N] [--round N] [--snapshot FILE]</c>; columns <c>param</c> = ef, <c>distances</c> = vectors scored per query.</remarks>
internal static class FilterBenchmark
{
    private const int K = IndexBenchmark.K;

    /// <summary>How long each line is searched before it is measured: until the runtime has compiled its code for good.</summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(0.7);

    public static int Run(string[] args)
    {
        var a = new Arguments(args);
        if (a.Count != 2)
        {
            Console.Error.WriteLine("usage: index-filter DIR NAME [--storage float32|float16|int8] [--queries N] [--round N] [--snapshot FILE]");
            return 2;
        }

        var data = new DataFolder(a[0], a[1]);
        var options = IndexBenchmark.Options(a, data);
        using var index = IndexBenchmark.OpenOrBuild(a, data, options);
        var peer = IndexBenchmark.Peer(options);
        var round = a.Number("round", 1);
        var queries = Math.Min(a.Number("queries", 200), data.QueryRows);
        if (a.Text("header", "yes") == "yes")
        {
            Console.WriteLine(Measure.Header);
        }

        using var exact = new ExactIndex(data.Dimensions);
        for (var i = 0; i < data.Rows; i++)
        {
            exact.Upsert(i, data.Row(i));
        }

        var hits = new Neighbor[K];
        Time(data, "lurm-exact", round, "scan_all", 0, Math.Min(queries, 50), i => (exact.Search(data.Query(i), hits, 1), data.Rows), static (_, _) => 1);
        foreach (var every in new[] { 2, 10, 100, 1000 })
        {
            var keys = Enumerable.Range(0, (data.Rows + every - 1) / every).Select(i => (long)i * every).ToArray();
            var set = VectorFilter.FromKeys(keys);
            var predicate = VectorFilter.FromPredicate(key => key % every == 0, 1.0 / every);
            var truth = Truth(data, exact, set, queries);
            foreach (var (filter, name) in new[] { (set, "keys"), (predicate, "predicate") })
            {
                foreach (var ef in new[] { 80, 320 })
                {
                    var plan = FilterPlan.ExactScan;
                    Time(
                        data,
                        peer,
                        round,
                        $"filter_1in{every}_{name}",
                        ef,
                        queries,
                        i =>
                        {
                            var search = index.Search(data.Query(i), hits, ef, filter);
                            plan = search.Plan;
                            return (search.Count, search.Visited);
                        },
                        (i, count) => (double)truth[i].Intersect(hits.Take(count).Select(h => h.Key)).Count() / truth[i].Length);
                    Console.Error.WriteLine($"# 1 in {every}, {name}, ef {ef}: {plan}");
                }
            }
        }

        return 0;
    }

    private static long[][] Truth(DataFolder data, ExactIndex exact, VectorFilter filter, int queries)
    {
        var hits = new Neighbor[K];
        return [.. Enumerable.Range(0, queries).Select(i => hits.Take(exact.Search(data.Query(i), hits, 1, filter).Count).Select(h => h.Key).ToArray())];
    }

    private static void Time(DataFolder data, string peer, int round, string stage, int ef, int queries, Func<int, (int Count, long Visited)> search, Func<int, int, double> recall)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; clock.Elapsed < WarmUpTime; i = (i + 1) % queries)
        {
            search(i);
        }

        var (visited, cpu, wall) = (0L, Measure.Cpu(), Measure.Wall());
        for (var i = 0; i < queries; i++)
        {
            visited += search(i).Visited;
        }

        (cpu, wall) = (Measure.Cpu() - cpu, Measure.Wall() - wall);
        var sum = 0.0;
        for (var i = 0; i < queries; i++)
        {
            sum += recall(i, search(i).Count);
        }

        Measure.Row(peer, data, round, stage, 1, ef, cpu, queries / cpu, sum / queries, (double)visited / queries, 0, wall);
    }
}
