using System.Diagnostics;
using Lurm.Index;
using Lurm.Index.Graph;

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
        PrintBlocks(data, index.Bytes, options, peer, round, threads, resident);

        (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        index.Save(path, "benchmark");
        Measure.Row(peer, data, round, "save", 1, 0, Measure.Cpu() - cpu, 0, 0, 0, new FileInfo(path).Length / 1048576.0, Measure.Wall() - wall);
    }

    /// <summary>What each block was reserved with, and of the resident memory all that is not the float32 block, whose padding is its own.</summary>
    private static void PrintBlocks(DataFolder data, IndexBytes bytes, HnswOptions options, string peer, int round, int threads, double resident)
    {
        foreach (var (what, block) in new[]
        {
            ("links", bytes.Links),
            ("upper_links", bytes.UpperLinks),
            ("codes", bytes.Codes),
            ("slots", bytes.Slots),
            ("key_map", bytes.KeyMap),
            ("searches", bytes.Searches),
            ("beside_float32", bytes.BesideFloat32),
            ("float32", bytes.Float32),
        })
        {
            Measure.Size(peer, data, round, $"reserved_{what}", threads, block / 1048576.0);
        }

        if (options.Storage != VectorStorage.Float32)
        {
            Measure.Size(peer, data, round, "rss_codes_and_graph", threads, resident - (bytes.Float32 / 1048576.0));
        }
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
        var last = new long[Math.Min(WarmUpQueries, data.QueryRows) * K];
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < WarmUpTime)
        {
            // All that is done below, counting and formatting included: what is compiled while a query is measured would count as the query's.
            foreach (var ef in BeamWidths)
            {
                _ = Ask(data, index, peer, round, ef, data.QueryRows - (last.Length / K), last);
            }
        }

        foreach (var ef in BeamWidths)
        {
            _ = Ask(data, index, peer, round, ef, data.QueryRows - (last.Length / K), last);
            Console.WriteLine(Ask(data, index, peer, round, ef, 0, found));
        }
    }

    /// <summary>Measures the queries from <paramref name="first"/> on, as many as there is room for keys; the row of their beam width.</summary>
    private static string Ask(DataFolder data, HnswIndex index, string peer, int round, int ef, int first, long[] keys)
    {
        var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        Search(data, index, ef, first, keys);
        (cpu, wall) = (Measure.Cpu() - cpu, Measure.Wall() - wall);
        var queries = keys.Length / K;
        return Measure.Line(peer, data, round, "query", 1, ef, cpu, queries / cpu, Recall(data, first, keys), Distances(data, index, Math.Min(queries, 200), ef), 0, wall);
    }

    private static void Search(DataFolder data, HnswIndex index, int ef, int first, Span<long> keys)
    {
        Span<Neighbor> hits = stackalloc Neighbor[K];
        keys.Fill(-1);
        for (var i = 0; i < keys.Length / K; i++)
        {
            var count = index.Search(data.Query(first + i), hits, ef);
            for (var j = 0; j < count; j++)
            {
                keys[(i * K) + j] = hits[j].Key;
            }
        }
    }

    /// <summary>The share of the true nearest among the keys found.</summary>
    private static double Recall(DataFolder data, int first, ReadOnlySpan<long> keys)
    {
        var right = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            right += data.Truth.AsSpan((first + (i / K)) * data.TruthLength, K).Contains((int)keys[i]) ? 1 : 0;
        }

        return right / (double)keys.Length;
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
