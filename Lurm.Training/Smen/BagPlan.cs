using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Histories;

namespace Lurm.Training.Smen;

/// <summary>The bag inputs of a network: its scales, half-life and gate.</summary>
internal static class BagPlan
{
    /// <summary>The inputs that options ask for; without scales, lifetime alone; the main one, lifetime where there is one, comes first.</summary>
    public static IReadOnlyList<BagInput> Make(BagSource source, UserHistories histories, SmenOptions options)
    {
        var scales = options.Scales ?? [Scale.Lifetime];
        var bags = scales.OrderBy(scale => scale == Scale.Lifetime ? 0 : 1).ThenBy(scale => scale)
            .Select(scale => Input(source, histories, scale, options)).ToArray();
        if (options.Aggregation != ScaleKind.Reserved)
        {
            return bags;
        }

        var shape = new SmenShape(source.Card.Interests, bags, options);
        return [.. bags.Select((bag, i) => bag with { Anchors = shape.AnchorsOf(i) })];
    }

    /// <summary>The recent bag with this half-life; its gate is half open at the training users' median of decayed counts.</summary>
    public static BagInput Recent(BagSource source, UserHistories histories, double halfLife)
    {
        var input = new BagInput { Name = "recent", Scale = Scale.Recent, HalfLifePeriods = halfLife, GateHalfCount = 1 };
        var column = source.With([input]).Build(histories)[0];
        double[] counts = [.. Enumerable.Range(0, column.Count).Select(user => (double)column.Gate(user)).Where(gate => gate is > 0 and < 1).Select(gate => gate / (1 - gate)).Order()];
        return input with { GateHalfCount = counts.Length == 0 ? 1 : Math.Max(1e-3, counts[counts.Length / 2]) };
    }

    private static BagInput Input(BagSource source, UserHistories histories, Scale scale, SmenOptions options) => scale switch
    {
        Scale.Lifetime => TrainingBags.LifetimeBag,
        Scale.Recent => Recent(source, histories, options.HalfLifePeriods ?? 2),
        _ => new BagInput { Name = scale.ToString().ToLowerInvariant(), Scale = scale, MaxPeriods = options.MaxPeriods },
    };
}
