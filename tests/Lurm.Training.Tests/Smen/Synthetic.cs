using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;
using Lurm.Training.Smen;

namespace Lurm.Training.Tests.Smen;

/// <summary>Small made-up histories: users of one of four tastes, each taste with interests of its own, and a little of everything.</summary>
internal static class Synthetic
{
    public const int Interests = 40;
    public const int Tastes = 4;

    /// <summary>Item i has interest i − 1; taste t likes interests 10·t to 10·t + 9.</summary>
    public static UserHistories Histories(int users, int periods, long seed)
    {
        var builder = new UserHistories.Builder();
        for (var user = 0; user < users; user++)
        {
            var random = SplitMix.Of(seed, user);
            var entries = new List<HistoryEntry>();
            for (var period = 0; period < periods; period++)
            {
                if (period > 0 && random.NextDouble() < 0.4)
                {
                    continue;
                }

                var items = Enumerable.Range(0, 3 + random.Next(5))
                    .Select(_ => random.NextDouble() < 0.85 ? (10 * (user % Tastes)) + random.Next(10) : random.Next(Interests)).GroupBy(item => item).OrderBy(group => group.Key);
                entries.AddRange(items.Select(group => new HistoryEntry(600 + period, group.Key + 1, 0, group.Count(), 1000L * group.Count())));
            }

            builder.Add(user + 1, entries.ToArray());
        }

        return builder.Build();
    }

    public static BagSource Source(IReadOnlyList<BagInput> bags, SmenOptions options)
    {
        var items = Enumerable.Range(0, Interests).Select(interest => KeyValuePair.Create($"i{interest + 1}", interest));
        var interests = InterestModel.Create([.. Enumerable.Range(0, Interests).Select(interest => $"interest {interest}")], Enumerable.Repeat(1f, Interests).ToArray(), items);
        var card = new ModelCard
        {
            ModelId = "test",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Anchors = options.Anchors,
            AnchorDimensions = options.AnchorDimensions,
            Interests = Interests,
            Grain = PeriodGrain.Month,
            Bags = bags,
        };
        return new BagSource(card, interests, [-1, .. Enumerable.Range(0, Interests)], [string.Empty]);
    }

    public static TrainingBags Bags(UserHistories histories, SmenOptions options)
    {
        TorchProbe.Load(1);
        var source = Source([TrainingBags.LifetimeBag], options);
        return TrainingBags.Build(source.With(BagPlan.Make(source, histories, options)), histories, options);
    }
}
