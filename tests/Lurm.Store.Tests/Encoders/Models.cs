using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Store.Tests.Encoders;

/// <summary>Small models to test with.</summary>
internal static class Models
{
    public static ModelCard Card(int interests = 4, PeriodGrain grain = PeriodGrain.Month, params BagInput[] bags) => new()
    {
        ModelId = "m1",
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Anchors = 2,
        AnchorDimensions = 2,
        Interests = interests,
        Grain = grain,
        Bags = bags.Length > 0 ? bags : [Lifetime()],
    };

    public static BagInput Lifetime() => new() { Name = "lifetime", Scale = Scale.Lifetime };

    public static BagInput Recent(double halfLife, double gate) => new() { Name = "recent", Scale = Scale.Recent, HalfLifePeriods = halfLife, GateHalfCount = gate };

    public static InterestModel Interests(params float[] idf) =>
        InterestModel.Create([.. idf.Select((_, i) => $"interest {i}")], idf, idf.Select((_, i) => KeyValuePair.Create($"i{i}", i)));

    public static HistoryEntry Entry(int period, int item, int count = 1, short kind = 0) => new(period, item, kind, count, 1000L * count);
}
