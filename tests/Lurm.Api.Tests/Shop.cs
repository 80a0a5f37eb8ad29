using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Store.Tests.Encoders;
using Lurm.TestKit;

namespace Lurm.Api.Tests;

/// <summary>A small shop: <see cref="Users"/> users of two tastes, tea and tools, with a country, an age, and a flag.</summary>
internal sealed class Shop : IDisposable
{
    public const int Users = 240;

    private static readonly string[] Countries = ["France", "Germany", "Norway"];
    private static readonly DateTimeOffset Start = new(2025, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public Shop()
    {
        Lurm = LurmDatabase.Create(_folder["shop.lurm"], PeriodGrain.Month);
        Lurm.RegisterAttribute("Country", AttributeType.String, isIndexed: true);
        Lurm.RegisterAttribute("Age", AttributeType.Number);
        Lurm.RegisterAttribute("IsMember", AttributeType.Boolean);
        Lurm.RegisterAttribute("Joined", AttributeType.Date);
        Lurm.Ingest(Enumerable.Range(0, Users).SelectMany(EventsOf), "first");
        Lurm.RegisterModel(WriteModel(_folder["bundle"]));
        Lurm.Embed();
    }

    public LurmDatabase Lurm { get; }

    public string Folder => Lurm.Folder;

    public TemporaryFolder Files => _folder;

    public static string Id(int user) => $"u{user:D3}";

    public static string CountryOf(int user) => Countries[user % Countries.Length];

    /// <summary>Even users buy tea, odd ones tools; each five to seven things, in two months.</summary>
    public static IEnumerable<BehaviourEvent> EventsOf(int user)
    {
        var random = new Random(user);
        var count = 5 + (user % 3);
        for (var i = 0; i < count; i++)
        {
            var item = random.Next(10);
            var isTea = user % 2 == 0;
            yield return new BehaviourEvent
            {
                User = Id(user),
                Item = isTea ? $"tea-{item}" : $"tool-{item}",
                Title = isTea ? $"Tea, sort {item}" : $"Tool number {item}",
                Category = isTea ? "Tea" : "Tools",
                Time = Start.AddDays((i % 2 * 31) + (user % 20)),
                Kind = i == 0 ? "view" : "buy",
                Attributes = new Dictionary<string, object?>
                {
                    ["Country"] = CountryOf(user),
                    ["Age"] = 20.0 + (user % 50),
                    ["IsMember"] = user % 4 == 0,
                    ["Joined"] = Start.AddDays(-user),
                },
            };
        }
    }

    /// <summary>A model of twenty interests, one a thing; things of one taste lie close together.</summary>
    private static string WriteModel(string folder)
    {
        const int Things = 10;
        var card = new ModelCard
        {
            ModelId = "tastes",
            CreatedAt = Start,
            Anchors = 2,
            AnchorDimensions = 12,
            Interests = 2 * Things,
            Grain = PeriodGrain.Month,
            Bags = [new BagInput { Name = "lifetime", Scale = Scale.Lifetime }],
        };
        var table = new float[card.Interests * card.Dimensions];
        for (var interest = 0; interest < card.Interests; interest++)
        {
            var row = table.AsSpan(interest * card.Dimensions, card.Dimensions);
            row[interest / Things] = 1;
            row[2 + interest] = 0.5f;
        }

        var names = Enumerable.Range(0, Things).Select(thing => ($"Tea, sort {thing}", $"tea-{thing}")).Concat(Enumerable.Range(0, Things).Select(thing => ($"Tool number {thing}", $"tool-{thing}"))).ToArray();
        var labels = names.Select(name => name.Item1).ToArray();
        var interests = InterestModel.Create(
            labels, [.. Enumerable.Repeat(1f, names.Length)], names.Select((name, interest) => KeyValuePair.Create(name.Item2, interest)), names.Length, Identity(names.Length), false, TextOf(labels));
        return ModelBundle.Write(folder, card, interests, TinyOnnx.Encoder(card, table)).Folder;
    }

    /// <summary>Guesses of an unknown thing, from the words of its title, which thing it is.</summary>
    private static TextFallback TextOf(string[] labels)
    {
        const int Buckets = 4_096;
        var vectors = new float[Buckets * labels.Length];
        for (var interest = 0; interest < labels.Length; interest++)
        {
            foreach (var bucket in TextFallback.GetFeatures(labels[interest], null, Buckets))
            {
                vectors[(bucket * labels.Length) + interest]++;
            }
        }

        return new TextFallback(labels.Length, vectors);
    }

    private static float[] Identity(int size)
    {
        var rows = new float[size * size];
        for (var i = 0; i < size; i++)
        {
            rows[(i * size) + i] = 1;
        }

        return rows;
    }

    public void Dispose()
    {
        Lurm.Dispose();
        _folder.Dispose();
    }
}
