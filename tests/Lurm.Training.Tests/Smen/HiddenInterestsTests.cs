using Lurm.Store;
using Lurm.TestKit;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;
using Lurm.Training.Smen;

namespace Lurm.Training.Tests.Smen;

public sealed class HiddenInterestsTests
{
    private const int Items = 300;
    private static readonly Lazy<FitData> Data = new(Build);

    [Fact]
    public void What_is_asked_for_is_seen_with_nobody_and_labels_say_who_had_it()
    {
        var data = Data.Value;
        var holdOut = HiddenInterests.Of(data, seed: 1);

        Assert.NotNull(holdOut);
        var seen = new HashSet<int>();
        for (var row = 0; row < holdOut.Past.Count; row++)
        {
            seen.UnionWith(data.InterestsOf(holdOut.Past[row]));
        }

        Assert.Equal(Items - HoldOut.Targets, seen.Count);
        for (var row = 0; row < holdOut.Past.Count; row++)
        {
            var all = data.InterestsOf(data.Histories[data.Histories.RowOf(holdOut.Past.Keys[row])]);
            Assert.Equal(all.Count(interest => !seen.Contains(interest)), holdOut.Labels.AsSpan(row * HoldOut.Targets, HoldOut.Targets).ToArray().Sum());
        }
    }

    [Fact]
    public void Too_few_users_give_no_hold_out() =>
        Assert.Null(HiddenInterests.Of(Data.Value with { Histories = Data.Value.Histories.Rows([.. Enumerable.Range(0, HoldOut.MinUsers - 1)]) }, seed: 1));

    /// <summary>400 users of one period, each with about a tenth of the items, drawn.</summary>
    private static FitData Build()
    {
        TorchProbe.Load(1);
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["shop.lurm"]);
        var time = new DateTimeOffset(2024, 1, 15, 0, 0, 0, TimeSpan.Zero);
        database.Ingest(
            from user in Enumerable.Range(0, 400)
            from item in Enumerable.Range(0, Items)
            where SplitMix.Of(5, user, item).NextDouble() < 0.1
            select new BehaviourEvent { User = $"u{user}", Item = $"i{item}", Time = time },
            "all");
        var cancellation = TestContext.Current.CancellationToken;
        return FitData.Build(UserHistories.Read(database, cancellation), database.ReadItems(cancellation), database.Kinds, database.Grain, new FitOptions { ItemDimensions = 4 }, null, cancellation);
    }
}
