using System.Globalization;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Store.Tests.Encoders;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Generations;

/// <summary>
/// A small shop: items i0 … i11, one interest each; users u0 … of four tastes, each taste three items. User n has taste n mod 4, so who
/// is like whom is known. The model's table is fixed: an interest's row is a unit vector of its own, turned a little towards its taste.
/// </summary>
internal sealed class Shop : IDisposable
{
    public const int Items = 12;
    public const int Tastes = 4;
    private readonly TemporaryFolder _folder = new();

    public Shop(int users = 40)
    {
        Database = LurmDatabase.Create(_folder["db"]);
        Ingest(Enumerable.Range(0, users));
    }

    public LurmDatabase Database { get; private set; }

    public string this[string name] => _folder[name];

    public string Folder => _folder["db"];

    public static ModelCard Card(string id = "m1", params BagInput[] bags) => new()
    {
        ModelId = id,
        CreatedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Anchors = 2,
        AnchorDimensions = 8,
        Interests = Items,
        Grain = PeriodGrain.Month,
        Bags = bags.Length > 0 ? bags : [Models.Lifetime(), Models.Recent(2, 3)],
    };

    public static float[] Table(ModelCard card, int seed = 1)
    {
        var random = new Random(seed); // Fixed: the model's weights are the test's data.
        var table = new float[card.Interests * card.Dimensions];
        for (var interest = 0; interest < card.Interests; interest++)
        {
            var row = table.AsSpan(interest * card.Dimensions, card.Dimensions);
            row[interest % card.Dimensions] = 1;
            row[12 + (interest % Tastes)] += 1;
            foreach (ref var value in row)
            {
                value += (float)(random.NextDouble() - 0.5) * 0.1f;
            }
        }

        return table;
    }

    public static InterestModel Interests() => InterestModel.Create(
        [.. Enumerable.Range(0, Items).Select(i => $"thing {i}")],
        [.. Enumerable.Repeat(1f, Items)],
        Enumerable.Range(0, Items).Select(i => KeyValuePair.Create($"i{i}", i)));

    public static IEnumerable<BehaviourEvent> Events(int user)
    {
        var taste = user % Tastes;
        for (var n = 0; n < 3 + (user % 5); n++)
        {
            yield return Event($"u{user}", taste + (Tastes * ((n + user) % 3)), month: 1 + (n % 6));
        }
    }

    public static BehaviourEvent Event(string user, int item, int month) => new()
    {
        User = user,
        Item = $"i{item}",
        Time = new DateTimeOffset(2025, month, 3, 0, 0, 0, TimeSpan.Zero),
    };

    public void Ingest(IEnumerable<int> users) =>
        Ingest(users.SelectMany(Events));

    public void Ingest(IEnumerable<BehaviourEvent> events) =>
        Database.Ingest(events, string.Create(CultureInfo.InvariantCulture, $"batch {Guid.NewGuid()}"));

    /// <summary>Writes and registers a model; another seed gives other representations.</summary>
    public ModelBundle Register(string id = "m1", int seed = 1, bool head = false, params BagInput[] bags)
    {
        var card = Card(id, bags);
        var table = Table(card, seed);
        var pooling = head ? new EncoderHead(TinyOnnx.Head(card), [new PoolingTable([.. card.Bags.Select(bag => bag.Name)], card.Dimensions, table)]) : null;
        var bundle = ModelBundle.Write(_folder[$"bundle-{id}-{Guid.NewGuid():N}"], card, Interests(), TinyOnnx.Encoder(card, table), pooling);
        Database.RegisterModel(bundle.Folder);
        return bundle;
    }

    /// <summary>A second opening of the same folder, as another process would have.</summary>
    public LurmDatabase OpenAgain(TimeProvider? time = null) => LurmDatabase.Open(Folder, time ?? TimeProvider.System);

    public void Reopen()
    {
        Database.Dispose();
        Database = LurmDatabase.Open(Folder);
    }

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
    }
}
