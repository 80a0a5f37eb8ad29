using Lurm.Store;
using Lurm.TestKit;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;
using Lurm.Training.Items;

namespace Lurm.Training.Tests.Items;

/// <summary>A database whose users have one of four tastes, ten items each; they may switch to another taste midway.</summary>
internal sealed class TasteShop : IDisposable
{
    public const int Tastes = 4;
    private const int ItemsEach = 10;

    public static readonly string[] Words = ["garden", "kitchen", "cycling", "painting"];

    private readonly TemporaryFolder _folder = new();

    public TasteShop(int users, int periods, bool switches)
    {
        Database = LurmDatabase.Create(_folder["shop.lurm"]);
        Database.Ingest(Events(users, periods, switches), "all");
    }

    public LurmDatabase Database { get; }

    public static string Title(int taste, int number) => $"{Words[taste]} thing {number}";

    public static int TasteOf(string item) => int.Parse(item.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);

    public static int TasteOfUser(string user) => int.Parse(user.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) % Tastes;

    public ItemVectors Learn(CancellationToken cancellationToken)
    {
        TorchProbe.Load(1);
        return ItemVectors.Learn(Database.ReadItems(cancellationToken), UserHistories.Read(Database, cancellationToken), 8, 1, 1, cancellationToken);
    }

    /// <summary>Imports a vector for each of these items.</summary>
    public void ImportVectors(params IEnumerable<(string Item, float[] Vector)> vectors)
    {
        var lines = vectors.Select(row => $"{row.Item},{string.Join(' ', row.Vector)}");
        File.WriteAllLines(_folder["items.csv"], ["item,vector", .. lines]);
        Database.ImportItems(_folder["items.csv"], new ItemMapping { VectorColumn = "vector" });
    }

    /// <summary>The ids of all items.</summary>
    public static IEnumerable<string> ItemIds() =>
        from taste in Enumerable.Range(0, Tastes) from number in Enumerable.Range(0, ItemsEach) select $"{taste}-{number}";

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
    }

    private static IEnumerable<BehaviourEvent> Events(int users, int periods, bool switches)
    {
        for (var user = 0; user < users; user++)
        {
            var random = SplitMix.Of(3, user);
            var before = user % Tastes;
            var after = switches ? (before + 1 + random.Next(Tastes - 1)) % Tastes : before;
            var change = 2 + random.Next(Math.Max(1, periods - 3));
            for (var period = 0; period < periods; period++)
            {
                for (var i = 0; i < 4; i++)
                {
                    var taste = random.NextDouble() < 0.1 ? random.Next(Tastes) : period < change ? before : after;
                    var number = random.Next(ItemsEach);
                    yield return new BehaviourEvent
                    {
                        User = $"u{user}",
                        Item = $"{taste}-{number}",
                        Title = Title(taste, number),
                        Time = new DateTimeOffset(2024, 1, 15, 0, 0, 0, TimeSpan.Zero).AddMonths(period),
                    };
                }
            }
        }
    }
}
