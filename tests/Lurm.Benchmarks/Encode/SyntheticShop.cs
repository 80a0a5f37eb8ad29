using System.Globalization;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Store.Tests.Encoders;

namespace Lurm.Benchmarks.Encode;

/// <summary>A database of users with so many active months and interests a month, and a model of random weights with the default encoder's shape.</summary>
internal static class SyntheticShop
{
    public static LurmDatabase Create(string folder, int users, int months, int interestsPerMonth, int interests, int anchors, int anchorDimensions)
    {
        var database = LurmDatabase.Create(folder);
        const int Batch = 2_000;
        for (var first = 0; first < users; first += Batch)
        {
            database.Ingest(Events(first, Math.Min(users, first + Batch), months, interestsPerMonth, interests), string.Create(CultureInfo.InvariantCulture, $"users {first}"));
        }

        var card = new ModelCard
        {
            ModelId = "synthetic",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Anchors = anchors,
            AnchorDimensions = anchorDimensions,
            Interests = interests,
            Grain = PeriodGrain.Month,
            Bags =
            [
                new BagInput { Name = "lifetime", Scale = Scale.Lifetime },
                new BagInput { Name = "recent", Scale = Scale.Recent, HalfLifePeriods = 2, GateHalfCount = 20 },
            ],
        };
        var random = new Random(1);
        var table = new float[interests * card.Dimensions];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = (float)(random.NextDouble() - 0.5);
        }

        var model = InterestModel.Create(
            [.. Enumerable.Range(0, interests).Select(i => string.Create(CultureInfo.InvariantCulture, $"interest {i}"))],
            [.. Enumerable.Repeat(1f, interests)],
            Enumerable.Range(0, interests).Select(i => KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"i{i}"), i)));
        var bundle = folder + ".bundle";
        ModelBundle.Write(bundle, card, model, TinyOnnx.Encoder(card, table), new EncoderHead(TinyOnnx.Head(card), [new PoolingTable(["lifetime", "recent"], card.Dimensions, table)]));
        database.RegisterModel(bundle);
        Directory.Delete(bundle, recursive: true);
        return database;
    }

    /// <summary>Each user draws from a taste of its own, 500 neighbouring interests, and in one event in four from all.</summary>
    private static IEnumerable<BehaviourEvent> Events(int first, int end, int months, int interestsPerMonth, int interests)
    {
        for (var user = first; user < end; user++)
        {
            var random = new Random(user);
            var taste = random.Next(interests);
            var id = string.Create(CultureInfo.InvariantCulture, $"u{user}");
            for (var month = 0; month < months; month++)
            {
                var time = new DateTimeOffset(2024, 1, 15, 0, 0, 0, TimeSpan.Zero).AddMonths(month);
                for (var n = 0; n < interestsPerMonth; n++)
                {
                    var item = random.Next(4) == 0 ? random.Next(interests) : (taste + random.Next(500)) % interests;
                    yield return new BehaviourEvent { User = id, Item = string.Create(CultureInfo.InvariantCulture, $"i{item}"), Time = time };
                }
            }
        }
    }
}
