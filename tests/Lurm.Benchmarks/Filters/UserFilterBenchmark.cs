using System.Globalization;
using Lurm.Benchmarks.Index;
using Lurm.Store;

namespace Lurm.Benchmarks.Filters;

/// <summary>
/// CPU time of choosing users by filter: SQL, columns in memory for filters never seen before, the same filters again, and the first
/// answer after an attribute has changed. Every answer is compared with SQL's.
/// </summary>
/// <remarks><c>filters [--users N] [--filters N] [--seed N]</c>. The filters pass 10 % of the users or so; each holds a city, an age range and a country.</remarks>
internal static class UserFilterBenchmark
{
    public static int Run(string[] args)
    {
        var a = new Arguments(args);
        var (users, filters, random) = (a.Number("users", 200_000), a.Number("filters", 200), new Random(a.Number("seed", 1)));
        var folder = Directory.CreateTempSubdirectory("lurm-filters-");
        try
        {
            using var database = Fill(folder.FullName, users, random);
            var asked = Enumerable.Range(0, filters).Select(_ => UserFilter.Parse(Text(random))).ToArray();
            Console.WriteLine("users,filters,stage,cpu_us_each,matches_each");
            var truth = new long[filters][];
            Time("sql", i => truth[i] = database.SelectUserKeysBySql(asked[i], CancellationToken.None));
            Time("columns_load", _ => database.SelectUsers(UserFilter.Parse("Country eq 'c0'")).ToArray(), times: 1);
            Time("columns_new", i => Same(i, database.SelectUsers(asked[i]).ToArray()));
            Time("columns_again", i => Same(i, database.SelectUsers(asked[i]).ToArray()));
            Time("parse", i => [UserFilter.Parse(asked[i].ToString()).GetHashCode()]);
            Time(
                "after_change",
                i =>
                {
                    database.SetAttributes($"u{random.Next(users)}", new Dictionary<string, object?> { ["City"] = $"t{i}" });
                    return database.SelectUsers(asked[i]).ToArray();
                },
                times: 50);
            return 0;

            long[] Same(int i, long[] keys) => keys.AsSpan().SequenceEqual(truth[i]) ? keys : throw new InvalidOperationException($"columns and SQL disagree on '{asked[i]}'");

            void Time(string stage, Func<int, long[]> select, int times = 0)
            {
                times = times == 0 ? filters : times;
                long matches = 0;
                var cpu = Measure.Cpu();
                for (var i = 0; i < times; i++)
                {
                    matches += select(i).Length;
                }

                cpu = Measure.Cpu() - cpu;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{users},{times},{stage},{cpu / times * 1e6:F1},{matches / times}"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static LurmDatabase Fill(string folder, int users, Random random)
    {
        var database = LurmDatabase.Create(Path.Combine(folder, "db"));
        database.RegisterAttribute("Country", AttributeType.String, isIndexed: true);
        database.RegisterAttribute("City", AttributeType.String, isIndexed: true);
        database.RegisterAttribute("Age", AttributeType.Number, isIndexed: true);
        var file = Path.Combine(folder, "attributes.csv");
        using (var writer = new StreamWriter(file))
        {
            writer.WriteLine("user,country,city,age");
            for (var i = 0; i < users; i++)
            {
                // Squared: a few countries and cities hold most users.
                var (country, city) = (random.NextDouble(), random.NextDouble());
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"u{i},c{(int)(country * country * 40)},t{(int)(city * city * 1000)},{random.Next(16, 90)}"));
            }
        }

        database.ImportAttributes(file, new AttributeMapping
        {
            Attributes = [new AttributeColumn("country", "Country"), new AttributeColumn("city", "City"), new AttributeColumn("age", "Age", AttributeType.Number)],
        });
        return database;
    }

    private static string Text(Random random)
    {
        var age = random.Next(16, 60);
        return string.Create(CultureInfo.InvariantCulture, $"(Age ge {age} and Age lt {age + 12} and Country ne 'c{random.Next(40)}') or City eq 't{random.Next(1000)}'");
    }
}
