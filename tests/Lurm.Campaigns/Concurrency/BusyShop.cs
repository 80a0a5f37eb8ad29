using System.Globalization;
using Lurm.Store;
using Lurm.Store.Tests.Generations;

namespace Lurm.Campaigns.Concurrency;

/// <summary>
/// One folder, opened twice as two processes would, two models, users who stay and whose neighbours are known for either model, and users who are
/// written, erased and read at random.
/// </summary>
internal sealed class BusyShop : IDisposable
{
    private const int Stayers = 40;
    private const int Neighbours = 5;
    private const float Tolerance = 1e-4f;

    private static readonly string[] Models = ["m1", "m2"];

    private readonly Shop _shop = new(Stayers);
    private readonly LurmDatabase _second;
    private readonly Dictionary<string, float[][]> _known = new(StringComparer.Ordinal);
    private int _batches;

    public BusyShop()
    {
        _shop.Register("m1");
        _shop.Register("m2", seed: 2);
        _shop.Database.RegisterAttribute("Note", AttributeType.Number);
        foreach (var model in Models)
        {
            _shop.Database.Embed(new EmbedOptions { ModelId = model });
            _known[model] = [.. Enumerable.Range(0, Stayers).Select(user => Scores(_shop.Database.Similar(new SimilarQuery { UserId = Stayer(user), K = Neighbours })))];
        }

        _second = _shop.OpenAgain();
    }

    public LurmDatabase Either(Random random) => random.Next(2) == 0 ? _shop.Database : _second;

    /// <summary>One event of an item that no model knows: representations of others stay what they are.</summary>
    public void Add(LurmDatabase database, string user, int item)
    {
        var batch = string.Create(CultureInfo.InvariantCulture, $"busy-{Interlocked.Increment(ref _batches)}");
        database.Ingest([new BehaviourEvent { User = user, Item = ItemOf(item), Time = DateTimeOffset.UnixEpoch.AddYears(55) }], batch);
    }

    public static void Erase(LurmDatabase database, string user) => database.Erase([user], allowReturn: true);

    public static void SetNote(LurmDatabase database, string user, double value) => database.SetAttributes(user, new Dictionary<string, object?> { ["Note"] = value });

    /// <summary>The items of a user in order, as one text.</summary>
    public static string Items(LurmDatabase database, string user)
    {
        var items = new SortedSet<string>(StringComparer.Ordinal);
        if (database.TryGetUserKey(user, out var key))
        {
            var names = database.ReadItems().ToDictionary(item => item.Key, item => item.Id);
            database.ReadHistory(key, (_, entries) =>
            {
                foreach (ref readonly var entry in entries)
                {
                    items.Add(names[entry.Item]);
                }
            });
        }

        return string.Join(' ', items);
    }

    public static string Items(IEnumerable<int> items) => string.Join(' ', items.Select(ItemOf).Order(StringComparer.Ordinal));

    /// <summary>Publishes another model's generation.</summary>
    public static void Publish(LurmDatabase database, Random random)
    {
        try
        {
            database.Embed(new EmbedOptions { ModelId = Models[random.Next(Models.Length)], KeepRetired = TimeSpan.FromHours(1) });
        }
        catch (StoreException fault) when (fault.Fault == StoreFault.Conflict)
        {
            // Another embed holds the lease, as the message says.
        }
    }

    /// <summary>Null where an answer is one model's own from first to last; else what it is.</summary>
    public string? Ask(LurmDatabase database, Random random)
    {
        var user = random.Next(Stayers);
        var result = database.Similar(new SimilarQuery { UserId = Stayer(user), K = Neighbours });
        var scores = Scores(result);
        var known = _known[result.ModelId][user];
        return scores.Length == known.Length && scores.Zip(known).All(pair => Math.Abs(pair.First - pair.Second) < Tolerance)
            ? null
            : $"{Stayer(user)} has scores {string.Join(' ', scores)} under {result.ModelId}, whose own are {string.Join(' ', known)}";
    }

    public void Dispose()
    {
        _second.Dispose();
        _shop.Dispose();
    }

    private static float[] Scores(SimilarResult result) => [.. result.Users.Select(one => one.Score)];

    private static string Stayer(int user) => string.Create(CultureInfo.InvariantCulture, $"u{user}");

    private static string ItemOf(int item) => string.Create(CultureInfo.InvariantCulture, $"n{item:D3}");
}
