using System.Globalization;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Store.Tests.Encoders;

namespace Lurm.Benchmarks.Encode;

/// <summary>Models with the shape that <c>lurm-train fit</c> exports and made-up weights: neighbouring interests have like rows, as interests of one taste have after training.</summary>
internal static class SyntheticModel
{
    /// <summary>Lifetime anchors only: what fit chooses unless recent bags earn their place. Table rows of 128 components, 512 bytes.</summary>
    public const string Lifetime = "lifetime";

    /// <summary>Lifetime and recent anchors over one table: rows of 96 components, 384 bytes, gathered once for both bags.</summary>
    public const string LifetimeAndRecent = "lifetime-and-recent";

    private const int Anchors = 8;
    private const int AnchorDimensions = 16;

    /// <summary>Interests of one taste.</summary>
    private const int Group = 20;

    /// <summary>Registers both; <see cref="Lifetime"/> last, so that it is the next to be embedded.</summary>
    public static void Register(LurmDatabase database, string scratch, int interests)
    {
        Register(database, scratch, interests, LifetimeAndRecent);
        Register(database, scratch, interests, Lifetime);
    }

    private static void Register(LurmDatabase database, string scratch, int interests, string id)
    {
        var recent = new BagInput { Name = "recent", Scale = Scale.Recent, HalfLifePeriods = 2, GateHalfCount = 20 };
        var card = new ModelCard
        {
            ModelId = id,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Anchors = Anchors,
            AnchorDimensions = AnchorDimensions,
            Interests = interests,
            Grain = PeriodGrain.Month,
            Bags = [new BagInput { Name = "lifetime", Scale = Scale.Lifetime }, .. id == LifetimeAndRecent ? [recent] : Array.Empty<BagInput>()],
        };
        var width = id == LifetimeAndRecent ? card.Dimensions * 3 / 4 : card.Dimensions;
        var table = Table(interests, width);
        float[][] maps = [.. card.Bags.Select((_, bag) => Map(width, card.Dimensions, bag))];
        var names = Enumerable.Range(0, interests).Select(i => string.Create(CultureInfo.InvariantCulture, $"i{i}")).ToArray();
        var model = InterestModel.Create(names, [.. Enumerable.Repeat(1f, interests)], names.Select((name, i) => KeyValuePair.Create(name, i)));
        var head = new EncoderHead(TinyOnnx.Head(card, maps), [new PoolingTable([.. card.Bags.Select(bag => bag.Name)], width, table)]);
        ModelBundle.Write(scratch, card, model, TinyOnnx.Encoder(card, table, maps), head);
        database.RegisterModel(scratch);
        Directory.Delete(scratch, recursive: true);
    }

    /// <summary>A centre for each group of interests, and each interest's own part half as long.</summary>
    private static float[] Table(int interests, int width)
    {
        var random = new Random(1);
        var table = new float[interests * width];
        var centre = new float[width];
        for (var k = 0; k < interests; k++)
        {
            for (var d = 0; d < width; d++)
            {
                centre[d] = k % Group == 0 ? Draw() : centre[d];
                table[(k * width) + d] = centre[d] + (0.5f * Draw());
            }
        }

        return table;

        float Draw() => (float)(random.NextDouble() - 0.5);
    }

    /// <summary>Lifetime: [I|0]; recent: its first quarter into the last components. As the default starts from, before training.</summary>
    private static float[] Map(int width, int dimensions, int bag)
    {
        var map = new float[width * dimensions];
        var (first, count) = bag == 0 ? (0, width) : (width, dimensions - width);
        for (var i = 0; i < count; i++)
        {
            map[(i * dimensions) + first + i] = 1;
        }

        return map;
    }
}
