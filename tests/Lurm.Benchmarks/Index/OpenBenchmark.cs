using Lurm.Index;

namespace Lurm.Benchmarks.Index;

/// <summary>Time from nothing to the first answer of a snapshot (wall, page cache warm, and cold where the system lets us drop it), then the warm-up.</summary>
/// <remarks><c>index-open DIR NAME [--storage …] [--round N] [--snapshot FILE]</c>. <c>open_first</c> includes compiling the code, as a new process does; the others do not.</remarks>
internal static class OpenBenchmark
{
    private const int Rounds = 5;

    public static int Run(string[] args)
    {
        var a = new Arguments(args);
        if (a.Count != 2)
        {
            Console.Error.WriteLine("usage: index-open DIR NAME [--storage float32|float16|int8] [--round N] [--snapshot FILE]");
            return 2;
        }

        var data = new DataFolder(a[0], a[1]);
        var options = IndexBenchmark.Options(a, data);
        var peer = IndexBenchmark.Peer(options);
        var round = a.Number("round", 1);
        var path = IndexBenchmark.Snapshot(a, data, options);
        if (a.Text("header", "yes") == "yes")
        {
            Console.WriteLine(Measure.Header);
        }

        OpenAndAsk(data, peer, round, path, "open_first");
        for (var i = 0; i < Rounds; i++)
        {
            OpenAndAsk(data, peer, round + i, path, "open_warm");
        }

        if (PageCache.TryDrop(path))
        {
            OpenAndAsk(data, peer, round, path, "open_cold");
        }

        using var index = HnswIndex.Open(path);
        var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        index.WarmUp();
        Measure.Row(peer, data, round, "warmup", 1, 0, Measure.Cpu() - cpu, 0, 0, 0, 0, Measure.Wall() - wall);
        return 0;
    }

    private static void OpenAndAsk(DataFolder data, string peer, int round, string path, string stage)
    {
        var hits = new Neighbor[IndexBenchmark.K];
        var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        using var index = HnswIndex.Open(path);
        var count = index.Search(data.Query(0), hits, 80);
        (cpu, wall) = (Measure.Cpu() - cpu, Measure.Wall() - wall);
        Measure.Row(peer, data, round, stage, 1, 80, cpu, 0, (double)count / hits.Length, 0, new FileInfo(path).Length / 1048576.0, wall);
    }
}
