using System.Globalization;
using global::Lurm.Index;
using Lurm.Benchmarks.Encode;
using Lurm.Benchmarks.Index;
using Lurm.Store;
using Lurm.Store.Queries;

namespace Lurm.Benchmarks.Queries;

/// <summary>
/// Similar users against the bare index search, and lookalike audiences: <c>queries FOLDER [--users 200000] [--queries 2000] [--seeds 1000]</c>.
/// Processor time of one thread; each query of both sides asks for the same user.
/// </summary>
internal static class QueryBenchmark
{
    private const int K = 20;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var users = arguments.Number("users", 200_000);
        var queries = arguments.Number("queries", 2_000);
        using var database = Directory.Exists(arguments[0])
            ? LurmDatabase.Open(arguments[0])
            : SyntheticShop.Create(arguments[0], users, months: 4, interestsPerMonth: 10, interests: 2_000, tasteSize: 20);
        if (database.GetStats().Representations == 0)
        {
            database.Embed();
        }

        string[] ids = [.. Enumerable.Range(0, queries).Select(n => string.Create(CultureInfo.InvariantCulture, $"u{(long)n * users / queries}"))];
        for (var round = 0; round < 3; round++)
        {
            var bare = Bare(database, ids);
            var similar = Time(() => Array.ForEach(ids, id => database.Similar(id, K)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"similar: {similar / queries * 1e6:F0} us, bare search {bare / queries * 1e6:F0} us, ratio {similar / bare:F2}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"recall@{K}: {database.MeasureRecall(K, 500).Recall:F4}"));
        string[] seeds = [.. Enumerable.Range(0, arguments.Number("seeds", 1_000)).Select(n => string.Create(CultureInfo.InvariantCulture, $"u{n * 7 % users}"))];
        foreach (var method in Enum.GetValues<LookalikeMethod>())
        {
            for (var round = 0; round < 2; round++)
            {
                var wall = Measure.Wall();
                var cpu = Time(() => database.Lookalike(new LookalikeQuery { Seeds = seeds, Method = method }));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lookalike {method}, {(round == 0 ? "first" : "again")}: {(Measure.Wall() - wall) * 1e3:F0} ms wall, {cpu * 1e3:F0} ms cpu"));
            }
        }

        return 0;
    }

    private static double Bare(LurmDatabase database, string[] ids)
    {
        using var view = database.Views.Borrow(CancellationToken.None);
        var hits = new Neighbor[K + 1];
        var vectors = ids.Select(id => database.TryGetRepresentation(id, out var vector) ? vector : throw new InvalidOperationException($"no representation of {id}")).ToArray();
        return Time(() => Array.ForEach(vectors, vector => view.Index.Search(vector, hits, SimilarSearch.Ef(hits.Length))));
    }

    private static double Time(Action act)
    {
        var cpu = Measure.Cpu();
        act();
        return Measure.Cpu() - cpu;
    }
}
