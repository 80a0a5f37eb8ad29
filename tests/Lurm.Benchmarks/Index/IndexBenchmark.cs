using System.Diagnostics;
using Lurm.Index;

namespace Lurm.Benchmarks.Index;

/// <summary>Build, save, load and the recall curve on one data set, as CSV with the columns and stages of <c>peers/run.sh bench</c>.</summary>
/// <remarks>
/// <c>index DIR NAME [--storage float32|float16|int8] [--queries N] [--threads N] [--round N] [--snapshot FILE]</c>.
/// With a snapshot that exists, nothing is built; with one that does not, it is kept. Queries run on one thread, in memory, warm.
/// </remarks>
internal static class IndexBenchmark
{
    public const int K = 10;

    public static readonly int[] BeamWidths = [10, 20, 40, 80, 160, 320, 640];

    private const int WarmUpQueries = 100;

    /// <summary>
    /// How long every beam width is searched before the first is measured. The runtime compiles hot code again in the background for
    /// a while, and that work would count as the query's: the peer was compiled before it started.
    /// </summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(4);

    public static int Run(string[] args)
    {
        var a = new Arguments(args);
        if (a.Count != 2)
        {
            Console.Error.WriteLine("usage: index DIR NAME [--storage float32|float16|int8] [--queries N] [--threads N] [--round N] [--snapshot FILE]");
            return 2;
        }

        var data = new DataFolder(a[0], a[1]);
        var options = Options(a, data);
        var peer = Peer(options);
        var round = a.Number("round", 1);
        var threads = a.Number("threads", 1);
        if (a.Text("header", "yes") == "yes")
        {
            Console.WriteLine(Measure.Header);
        }

        var kept = a.Text("snapshot", string.Empty);
        var path = kept.Length > 0 ? kept : Path.Combine(Path.GetTempPath(), $"lurm-bench-{Environment.ProcessId}.lurmidx");
        try
        {
            if (!File.Exists(path))
            {
                Build(data, options, peer, round, threads, path);
            }

            using var index = Load(data, peer, round, path);
            Sweep(data, index, peer, round, Math.Min(a.Number("queries", 1000), data.QueryRows));
            return 0;
        }
        finally
        {
            if (kept.Length == 0)
            {
                File.Delete(path);
            }
        }
    }

    public static HnswOptions Options(Arguments a, DataFolder data) => new()
    {
        Dimensions = data.Dimensions,
        Storage = Enum.Parse<VectorStorage>(a.Text("storage", "float32"), ignoreCase: true),
    };

    /// <summary>The name in the first column.</summary>
    public static string Peer(HnswOptions options) => $"lurm-{options.Storage.ToString().ToLowerInvariant()}";

    /// <summary>The snapshot that the arguments name, built if it is not there.</summary>
    public static string Snapshot(Arguments a, DataFolder data, HnswOptions options)
    {
        var path = a.Text("snapshot", Path.Combine(Path.GetTempPath(), $"lurm-bench-{data.Name}-{Peer(options)}.lurmidx"));
        if (!File.Exists(path))
        {
            using var built = HnswIndex.Build(options, data.Keys, data.Base, Environment.ProcessorCount);
            built.Save(path, "benchmark");
        }

        return path;
    }

    /// <summary>That snapshot, opened and in memory.</summary>
    public static HnswIndex OpenOrBuild(Arguments a, DataFolder data, HnswOptions options)
    {
        var index = HnswIndex.Open(Snapshot(a, data, options));
        index.WarmUp();
        return index;
    }

    private static void Build(DataFolder data, HnswOptions options, string peer, int round, int threads, string path)
    {
        CompileFirst(data, options);
        var resident = Measure.Kept();
        var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        using var index = HnswIndex.Build(options, data.Keys, data.Base, threads);
        (cpu, wall) = (Measure.Cpu() - cpu, Measure.Wall() - wall);
        Measure.Row(peer, data, round, "build", threads, options.EfConstruction, cpu, data.Rows / cpu, 0, 0, 0, wall);
        resident = Measure.Kept() - resident;
        Measure.Size(peer, data, round, "rss_delta", threads, resident);
        Measure.Size(peer, data, round, "rss_beyond_float32", threads, resident - ((double)data.Rows * data.Dimensions * sizeof(float) / 1048576));

        (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        index.Save(path, "benchmark");
        Measure.Row(peer, data, round, "save", 1, 0, Measure.Cpu() - cpu, 0, 0, 0, new FileInfo(path).Length / 1048576.0, Measure.Wall() - wall);
    }

    private static HnswIndex Load(DataFolder data, string peer, int round, string path)
    {
        var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        var index = HnswIndex.Open(path);
        Measure.Row(peer, data, round, "load", 1, 0, Measure.Cpu() - cpu, 0, 0, 0, new FileInfo(path).Length / 1048576.0, Measure.Wall() - wall);
        (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        index.WarmUp();
        Measure.Row(peer, data, round, "warmup", 1, 0, Measure.Cpu() - cpu, 0, 0, 0, 0, Measure.Wall() - wall);
        return index;
    }

    /// <summary>Builds and asks on a few rows first: the numbers are of compiled code.</summary>
    public static void CompileFirst(DataFolder data, HnswOptions options)
    {
        var rows = Math.Min(3000, data.Rows);
        using var small = HnswIndex.Build(options, data.Keys.AsMemory(0, rows), data.Base.AsMemory(0, rows * data.Dimensions));
        var hits = new Neighbor[K];
        for (var i = 0; i < 300; i++)
        {
            small.Search(data.Query(i % data.QueryRows), hits, 40);
        }
    }

    private static void Sweep(DataFolder data, HnswIndex index, string peer, int round, int queries)
    {
        var found = new long[queries * K];
        var hits = new Neighbor[K];
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < WarmUpTime)
        {
            foreach (var ef in BeamWidths)
            {
                for (var i = 0; i < WarmUpQueries; i++)
                {
                    index.Search(data.Query((data.QueryRows - 1 - i) % data.QueryRows), hits, ef);
                }

                Distances(data, index, WarmUpQueries / 10, ef);
            }
        }

        foreach (var ef in BeamWidths)
        {
            for (var i = 0; i < Math.Min(queries, WarmUpQueries); i++)
            {
                index.Search(data.Query(data.QueryRows - 1 - i), hits, ef);
            }

            Array.Fill(found, -1);
            var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
            for (var i = 0; i < queries; i++)
            {
                var count = index.Search(data.Query(i), hits, ef);
                for (var j = 0; j < count; j++)
                {
                    found[(i * K) + j] = hits[j].Key;
                }
            }

            (cpu, wall) = (Measure.Cpu() - cpu, Measure.Wall() - wall);
            var hit = 0;
            for (var i = 0; i < queries; i++)
            {
                for (var j = 0; j < K; j++)
                {
                    hit += data.Truth.AsSpan(i * data.TruthLength, K).Contains((int)found[(i * K) + j]) ? 1 : 0;
                }
            }

            var distances = Distances(data, index, Math.Min(queries, 200), ef);
            Measure.Row(peer, data, round, "query", 1, ef, cpu, queries / cpu, hit / (queries * (double)K), distances, 0, wall);
        }
    }

    /// <summary>Inner products per query of the walk, by the count that filtered searches report: a filter that passes all walks the same.</summary>
    private static double Distances(DataFolder data, HnswIndex index, int queries, int ef)
    {
        var all = VectorFilter.FromPredicate(static _ => true, 1);
        var hits = new Neighbor[K];
        var visited = 0L;
        for (var i = 0; i < queries; i++)
        {
            visited += index.Search(data.Query(i), hits, ef, all).Visited;
        }

        return (double)visited / queries;
    }
}
