using System.Globalization;
using global::Lurm.Index;
using Lurm.Benchmarks.Encode;
using Lurm.Benchmarks.Index;
using Lurm.Store;
using Lurm.Store.Queries;

namespace Lurm.Benchmarks.Queries;

/// <summary>
/// Opening, similar users against the bare index search, filters of a tenth of the users, and lookalike audiences:
/// <c>queries FOLDER [--users 200000] [--queries 2000] [--seeds 1000] [--filters 1000]</c>.
/// Processor time of one thread; each query of both sides asks for the same user.
/// </summary>
internal static class QueryBenchmark
{
    private const int K = 20;
    private const int Interests = 2_000;
    private const int TasteSize = 20;
    private const int Rounds = 3;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var users = arguments.Number("users", 200_000);
        var queries = arguments.Number("queries", 2_000);
        if (!Directory.Exists(arguments[0]))
        {
            using var made = SyntheticShop.Create(arguments[0], users, months: 4, interestsPerMonth: 10, Interests, TasteSize);
            made.Embed();
        }

        string[] seeds = [.. SyntheticShop.UsersOfFirstTaste(users, Interests, TasteSize).Take(arguments.Number("seeds", 1_000))];
        var inProcess = InProcess(arguments, users, queries, seeds);
        RestLookalike.Run(arguments[0], seeds, inProcess);
        return 0;
    }

    /// <returns>Median wall time of a logistic lookalike, in seconds.</returns>
    private static double InProcess(Arguments arguments, int users, int queries, string[] seeds)
    {
        var clock = Measure.Wall();
        using var database = LurmDatabase.Open(arguments[0]);
        database.Similar(SyntheticShop.User(users / 2), K);
        Print($"open and first query: {Measure.Wall() - clock:F2} s, {users} users");

        string[] ids = [.. Enumerable.Range(0, queries).Select(n => SyntheticShop.User((long)n * users / queries))];
        var unfiltered = Similar(database, ids);
        Print($"recall@{K}: {database.MeasureRecall(K, 500).Recall:F4}");
        Filters(database, ids, arguments.Number("filters", 1_000), unfiltered);
        return Lookalikes(database, users, seeds);
    }

    private static double Similar(LurmDatabase database, string[] ids)
    {
        var similar = 0.0;
        for (var round = 0; round <= Rounds; round++)
        {
            var bare = Bare(database, ids);
            similar = Time(() => Array.ForEach(ids, id => database.Similar(id, K)));
            Print($"similar, {Name(round)}: {similar / ids.Length * 1e6:F0} us, bare search {bare / ids.Length * 1e6:F0} us, ratio {similar / bare:F2}");
        }

        return similar / ids.Length;
    }

    private static void Filters(LurmDatabase database, string[] ids, int count, double unfiltered)
    {
        if (count == 0)
        {
            return;
        }

        // Distinct ranges of ten of the hundred; the attribute has a thousand values.
        UserFilter[] filters = [.. Enumerable.Range(0, count).Select(n => n * 90.0 / count).Select(from =>
            UserFilter.Parse(string.Create(CultureInfo.InvariantCulture, $"{SyntheticShop.Percentile} ge {from:F3} and {SyntheticShop.Percentile} lt {from + 10:F3}")))];

        // The first two filters of a process read the columns.
        database.Similar(ids[0], K, UserFilter.Parse($"{SyntheticShop.Percentile} lt 1"));
        database.Similar(ids[0], K, UserFilter.Parse($"{SyntheticShop.Percentile} lt 2"));
        for (var round = 0; round <= Rounds; round++)
        {
            var rows = 0;
            var time = Time(() =>
            {
                for (var i = 0; i < filters.Length; i++)
                {
                    rows += database.Similar(ids[i % ids.Length], K, filters[i]).Count;
                }
            }) / filters.Length;
            Print($"10 % filter, {(round == 0 ? "never seen before" : $"repeated, {Name(round)}")}: {time * 1e6:F0} us, {time / unfiltered:F2} times unfiltered, {rows} of {filters.Length * K} rows");
        }

        Print($"10 % filter, recall@{K}: {FilteredRecall(database, ids, filters):F4}");
    }

    private static double FilteredRecall(LurmDatabase database, string[] ids, UserFilter[] filters)
    {
        using var view = database.Views.Borrow(CancellationToken.None);
        var exact = new Neighbor[K + 1];
        var (found, of) = (0, 0);
        for (var i = 0; i < filters.Length; i += 10)
        {
            database.TryGetRepresentation(ids[i % ids.Length], out var vector);
            view.Index.Scan(vector!, exact, VectorFilter.FromKeys(database.SelectUserKeys(filters[i])));
            var least = exact.Where(hit => hit.Score < 1 - 1e-6f).Take(K).Last().Score;
            var near = database.Similar(ids[i % ids.Length], K, filters[i]);
            found += near.Count(user => user.Score >= least - 1e-6f);
            of += near.Count;
        }

        return (double)found / of;
    }

    private static double Lookalikes(LurmDatabase database, int users, string[] seeds)
    {
        var logistic = new List<double>();
        foreach (var method in Enum.GetValues<LookalikeMethod>())
        {
            for (var round = 0; round <= Rounds; round++)
            {
                var wall = Measure.Wall();
                LookalikeResult? result = null;
                var cpu = Time(() => result = database.Lookalike(new LookalikeQuery { Seeds = seeds, Method = method, Size = AudienceSize.Percent(1) }));
                wall = Measure.Wall() - wall;
                Print($"lookalike {method}, {seeds.Length} seeds of one taste, {result!.Members.Count} members of {users} users, {Name(round)}: {wall * 1e3:F0} ms wall, {cpu * 1e3:F0} ms cpu");
                if (method == LookalikeMethod.Logistic && round > 0)
                {
                    logistic.Add(wall);
                }
            }
        }

        return logistic.Order().ElementAt(logistic.Count / 2);
    }

    private static double Bare(LurmDatabase database, string[] ids)
    {
        using var view = database.Views.Borrow(CancellationToken.None);
        var hits = new Neighbor[K + 1];
        var vectors = ids.Select(id => database.TryGetRepresentation(id, out var vector) ? vector : throw new InvalidOperationException($"no representation of {id}")).ToArray();
        return Time(() => Array.ForEach(vectors, vector => view.Index.Search(vector, hits, SimilarSearch.Ef(hits.Length))));
    }

    private static string Name(int round) => round == 0 ? "first" : string.Create(CultureInfo.InvariantCulture, $"round {round}");

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static double Time(Action act)
    {
        var cpu = Measure.Cpu();
        act();
        return Measure.Cpu() - cpu;
    }
}
