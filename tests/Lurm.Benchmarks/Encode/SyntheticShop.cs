using System.Globalization;
using Lurm.Store;

namespace Lurm.Benchmarks.Encode;

/// <summary>A database of users with so many active months and interests a month, and the two models of <see cref="SyntheticModel"/>.</summary>
/// <remarks>Each user has three tastes of its own out of all, interests of one taste being neighbours, and one event in four is about anything.</remarks>
internal static class SyntheticShop
{
    /// <summary>An indexed number, spread evenly over [0, 100): a range of ten of it is a tenth of all users.</summary>
    public const string Percentile = "Percentile";

    private const int Tastes = 3;

    public static string User(long number) => string.Create(CultureInfo.InvariantCulture, $"u{number}");

    public static LurmDatabase Create(string folder, int users, int months, int interestsPerMonth, int interests, int tasteSize)
    {
        var database = LurmDatabase.Create(folder);
        database.RegisterAttribute(Percentile, AttributeType.Number, isIndexed: true);
        const int Batch = 20_000;
        for (var first = 0; first < users; first += Batch)
        {
            database.Ingest(Events(first, Math.Min(users, first + Batch), months, interestsPerMonth, interests, tasteSize), string.Create(CultureInfo.InvariantCulture, $"users {first}"));
        }

        SyntheticModel.Register(database, folder + ".bundle", interests);
        return database;
    }

    /// <summary>Users who have the taste that begins with interest 0.</summary>
    public static IEnumerable<string> UsersOfFirstTaste(int users, int interests, int tasteSize) =>
        Enumerable.Range(0, users).Where(user => TastesOf(new Random(user), interests, tasteSize).Contains(0)).Select(user => User(user));

    private static int[] TastesOf(Random random, int interests, int tasteSize) =>
        [.. Enumerable.Range(0, Tastes).Select(_ => random.Next(interests / tasteSize) * tasteSize)];

    private static IEnumerable<BehaviourEvent> Events(int first, int end, int months, int interestsPerMonth, int interests, int tasteSize)
    {
        var items = Enumerable.Range(0, interests).Select(item => string.Create(CultureInfo.InvariantCulture, $"i{item}")).ToArray();
        for (var user = first; user < end; user++)
        {
            var random = new Random(user);
            var tastes = TastesOf(random, interests, tasteSize);
            var id = User(user);
            var attributes = new Dictionary<string, object?> { [Percentile] = user * 7919L % 1000 / 10.0 };
            for (var month = 0; month < months; month++)
            {
                var time = new DateTimeOffset(2024, 1, 15, 0, 0, 0, TimeSpan.Zero).AddMonths(month);
                for (var n = 0; n < interestsPerMonth; n++)
                {
                    var item = random.Next(4) == 0 ? random.Next(interests) : tastes[random.Next(Tastes)] + random.Next(tasteSize);
                    yield return new BehaviourEvent { User = id, Item = items[item], Time = time, Attributes = month + n == 0 ? attributes : null };
                }
            }
        }
    }
}
