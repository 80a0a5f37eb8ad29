using System.Globalization;
using Lurm.Store;
using Lurm.Store.Tests.Generations;

namespace Lurm.Campaigns.Concurrency;

/// <summary>
/// One folder, opened twice in this process and once in another, two models, users who stay and whose neighbours are known for either model, and users
/// who are written, erased and read at random.
/// </summary>
internal sealed class BusyShop : IDisposable
{
    private const int Stayers = 40;
    private const int Neighbours = 5;
    private const float Tolerance = 1e-4f;

    private static readonly string[] Models = ["m1", "m2"];

    private readonly Shop _shop = new(Stayers);
    private readonly LurmDatabase _second;
    private readonly RemoteSide _other;
    private readonly IShopSide[] _sides;
    private readonly Dictionary<string, float[][]> _known = new(StringComparer.Ordinal);
    private int _batches;

    public BusyShop()
    {
        _shop.Register("m1");
        _shop.Register("m2", seed: 2);
        _shop.Database.RegisterAttribute("Note", AttributeType.Number);
        var first = new LocalSide(_shop.Database);
        foreach (var model in Models)
        {
            _shop.Database.Embed(new EmbedOptions { ModelId = model });
            _known[model] = [.. Enumerable.Range(0, Stayers).Select(user => first.Similar(Stayer(user), Neighbours).Scores)];
        }

        _second = _shop.OpenAgain();
        _other = new RemoteSide(_shop.Database.Folder);
        _sides = [first, new LocalSide(_second), _other];
    }

    public IShopSide Any(Random random) => _sides[random.Next(_sides.Length)];

    /// <summary>One event of an item that no model knows: representations of others stay what they are.</summary>
    public void Add(IShopSide side, string user, int item) => side.Add(string.Create(CultureInfo.InvariantCulture, $"busy-{Interlocked.Increment(ref _batches)}"), user, ItemOf(item));

    /// <summary>Items as <see cref="IShopSide.ReadItems"/> gives them.</summary>
    public static string Items(IEnumerable<int> items) => string.Join(' ', items.Select(ItemOf).Order(StringComparer.Ordinal));

    /// <summary>Publishes another model's generation.</summary>
    public static void Publish(IShopSide side, Random random) => side.Publish(Models[random.Next(Models.Length)]);

    /// <summary>Null where an answer is one model's own from first to last; else what it is.</summary>
    public string? Ask(IShopSide side, Random random)
    {
        var user = random.Next(Stayers);
        var (model, scores) = side.Similar(Stayer(user), Neighbours);
        var known = _known[model][user];
        return scores.Length == known.Length && scores.Zip(known).All(pair => Math.Abs(pair.First - pair.Second) < Tolerance)
            ? null
            : $"{Stayer(user)} has scores {string.Join(' ', scores)} under {model}, whose own are {string.Join(' ', known)}";
    }

    public void Dispose()
    {
        _other.Dispose();
        _second.Dispose();
        _shop.Dispose();
    }

    private static string Stayer(int user) => string.Create(CultureInfo.InvariantCulture, $"u{user}");

    private static string ItemOf(int item) => string.Create(CultureInfo.InvariantCulture, $"n{item:D3}");
}
