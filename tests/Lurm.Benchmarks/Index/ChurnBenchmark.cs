using Lurm.Index;

namespace Lurm.Benchmarks.Index;

/// <summary>Half of the vectors removed and put back, against inserting that half into a fresh index; recall after both.</summary>
/// <remarks><c>index-churn DIR NAME [--storage …] [--queries N] [--round N]</c>. Rows: <c>insert_half</c> (the second half of a fresh build), <c>remove_half</c>, <c>reinsert_half</c>, then <c>query_fresh</c> and <c>query_churned</c> at some ef.</remarks>
internal static class ChurnBenchmark
{
    private const int K = IndexBenchmark.K;

    public static int Run(string[] args)
    {
        var a = new Arguments(args);
        if (a.Count != 2)
        {
            Console.Error.WriteLine("usage: index-churn DIR NAME [--storage float32|float16|int8] [--queries N] [--round N]");
            return 2;
        }

        var data = new DataFolder(a[0], a[1]);
        var options = IndexBenchmark.Options(a, data);
        var peer = IndexBenchmark.Peer(options);
        var round = a.Number("round", 1);
        var queries = Math.Min(a.Number("queries", 1000), data.QueryRows);
        if (a.Text("header", "yes") == "yes")
        {
            Console.WriteLine(Measure.Header);
        }

        var half = data.Rows / 2;
        IndexBenchmark.CompileFirst(data, options);
        using var index = HnswIndex.Build(options, data.Keys.AsMemory(0, half), data.Base.AsMemory(0, half * data.Dimensions));
        Time(data, peer, round, "insert_half", half, i => index.Upsert(half + i, data.Row(half + i)));
        Recall(data, index, peer, round, "query_fresh", queries);
        Time(data, peer, round, "remove_half", half, i => index.Remove(half + i));
        Time(data, peer, round, "reinsert_half", half, i => index.Upsert(half + i, data.Row(half + i)));
        Recall(data, index, peer, round, "query_churned", queries);
        return 0;
    }

    private static void Time(DataFolder data, string peer, int round, string stage, int count, Action<int> act)
    {
        var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        for (var i = 0; i < count; i++)
        {
            act(i);
        }

        cpu = Measure.Cpu() - cpu;
        Measure.Row(peer, data, round, stage, 1, count, cpu, count / cpu, 0, 0, 0, Measure.Wall() - wall);
    }

    private static void Recall(DataFolder data, HnswIndex index, string peer, int round, string stage, int queries)
    {
        var hits = new Neighbor[K];
        foreach (var ef in new[] { 20, 40, 80, 160 })
        {
            var hit = 0;
            var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
            for (var i = 0; i < queries; i++)
            {
                var count = index.Search(data.Query(i), hits, ef);
                for (var j = 0; j < count; j++)
                {
                    hit += data.Truth.AsSpan(i * data.TruthLength, K).Contains((int)hits[j].Key) ? 1 : 0;
                }
            }

            cpu = Measure.Cpu() - cpu;
            Measure.Row(peer, data, round, stage, 1, ef, cpu, queries / cpu, hit / (queries * (double)K), 0, 0, Measure.Wall() - wall);
        }
    }
}
