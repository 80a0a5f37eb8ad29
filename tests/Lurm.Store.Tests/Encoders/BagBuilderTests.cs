using CsCheck;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Store.Tests.Encoders;

public sealed class BagBuilderTests
{
    private static readonly int[] OneInterestPerItem = [0, 1, 2, 3];

    [Fact]
    public void The_lifetime_bag_is_log_count_times_idf_normalised()
    {
        var builder = Builder(Models.Card(), [1, 2, 0.5f, 1]);

        Assert.True(builder.Build([Models.Entry(10, 0, 3), Models.Entry(11, 0, 4), Models.Entry(11, 1, 1)]));

        var (a, b) = (Math.Log(8) * 1, Math.Log(2) * 2);
        var norm = Math.Sqrt((a * a) + (b * b));
        Assert.Equal([0, 1], builder[0].Keys.ToArray());
        Assert.Equal([(float)(a / norm), (float)(b / norm)], builder[0].Values.ToArray(), (x, y) => Math.Abs(x - y) < 1e-6);
        Assert.Equal(1f, builder[0].Gate);
        Assert.Equal([0, 2], builder[0].Starts.ToArray());
    }

    [Fact]
    public void The_recent_bag_decays_on_the_users_own_clock_and_gates_by_the_decayed_count()
    {
        var builder = Builder(Models.Card(4, PeriodGrain.Month, Models.Recent(halfLife: 2, gate: 3)), [1, 1, 1, 1]);

        builder.Build([Models.Entry(100, 0, 8), Models.Entry(104, 1, 1)]);

        // Item 0 is four months old, two half-lives: 8 becomes 2.
        var (a, b) = (Math.Log(3), Math.Log(2));
        var norm = Math.Sqrt((a * a) + (b * b));
        Assert.Equal([(float)(a / norm), (float)(b / norm)], builder[0].Values.ToArray(), (x, y) => Math.Abs(x - y) < 1e-6);
        Assert.Equal(3f / 6f, builder[0].Gate, 1e-6f);
    }

    [Fact]
    public void A_history_moved_in_time_gives_the_same_bags() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[1, 9]).Array[1, 20].Select(Gen.Int[1, 500])
            .Sample((rows, shift) =>
            {
                var card = Models.Card(4, PeriodGrain.Month, Models.Lifetime(), Models.Recent(2, 5));
                HistoryEntry[] history = [.. rows.Select(r => Models.Entry(r.Item1, r.Item2, r.Item3)).OrderBy(e => e.Period).ThenBy(e => e.Item)];
                HistoryEntry[] moved = [.. history.Select(e => e with { Period = e.Period + shift })];
                var (one, other) = (Builder(card, [1, 2, 3, 4]), Builder(card, [1, 2, 3, 4]));
                one.Build(history);
                other.Build(moved);
                return one[1].Values.SequenceEqual(other[1].Values) && one[1].Gate == other[1].Gate && one[0].Keys.SequenceEqual(other[0].Keys);
            });

    [Fact]
    public void Periods_come_oldest_first_with_ages_and_the_oldest_takes_what_is_older()
    {
        var month = new BagInput { Name = "month", Scale = Scale.Month, MaxPeriods = 3 };
        var builder = Builder(Models.Card(4, PeriodGrain.Month, month), [1, 1, 1, 1]);

        builder.Build([Models.Entry(90, 0), Models.Entry(95, 1), Models.Entry(98, 2), Models.Entry(100, 3)]);

        // Last is 100: ages 10, 5 and 2 all fall into age 2 = MaxPeriods − 1; age 1 is empty and left out.
        Assert.Equal([2, 0], builder[0].Ages.ToArray());
        Assert.Equal([0, 3, 4], builder[0].Starts.ToArray());
        Assert.Equal([0, 1, 2, 3], builder[0].Keys.ToArray());
    }

    [Theory]
    [InlineData(Scale.Season, 3)]
    [InlineData(Scale.Year, 12)]
    [InlineData(Scale.Lifetime, 1_200)]
    public void A_larger_scale_is_the_exact_sum_of_its_months(Scale scale, int months) =>
        Gen.Select(Gen.Int[480, 620], Gen.Int[0, 3], Gen.Short[0, 2], Gen.Int[1, 9], Gen.Int[1, 5_000]).Array[1, 80]
            .Sample(rows =>
            {
                HistoryEntry[] history = [.. Sum(rows.Select(r => new HistoryEntry(r.Item1, r.Item2, r.Item3, r.Item4, r.Item5 * 8)))];

                // The same counts, added up by plain integers into the first month of their season, year or life.
                HistoryEntry[] added = [.. Sum(history.Select(entry => entry with { Period = entry.Period / months * months }))];
                var card = Models.Card(4, PeriodGrain.Month, new BagInput { Name = "s", Scale = scale, MaxPeriods = 60 }) with { KindWeights = new Dictionary<string, double> { ["buy"] = 5, ["cart"] = 3 } };
                var (derived, expected) = (WithKinds(card), WithKinds(card));
                Assert.Equal(expected.Build(added), derived.Build(history));

                Assert.Equal(expected[0].Ages.ToArray(), derived[0].Ages.ToArray());
                Assert.Equal(expected[0].Starts.ToArray(), derived[0].Starts.ToArray());
                for (var part = 0; part < expected[0].Parts; part++)
                {
                    Assert.Equal(Values(expected[0], part), Values(derived[0], part), (x, y) => Math.Abs(x - y) <= 1e-6f);
                }
            });

    [Theory]
    [InlineData(Scale.Season, new[] { 2, 0 })] // months 602 and 603 are March and April 2020; 609 is October
    [InlineData(Scale.Year, new[] { 0 })]
    public void Seasons_are_calendar_quarters_and_years_calendar_years(Scale scale, int[] ages)
    {
        var input = new BagInput { Name = "s", Scale = scale, MaxPeriods = 3 };
        var builder = Builder(Models.Card(4, PeriodGrain.Month, input), [1, 1, 1, 1]);

        builder.Build([Models.Entry(602, 0), Models.Entry(603, 1), Models.Entry(609, 2)]);

        Assert.Equal(ages, builder[0].Ages.ToArray());
    }

    [Fact]
    public void Days_fall_into_their_calendar_month()
    {
        var month = new BagInput { Name = "month", Scale = Scale.Month, MaxPeriods = 12 };
        var builder = Builder(Models.Card(4, PeriodGrain.Day, month), [1, 1, 1, 1]);

        builder.Build([Models.Entry(Day(2024, 1, 31), 0), Models.Entry(Day(2024, 2, 1), 1), Models.Entry(Day(2024, 2, 29), 2), Models.Entry(Day(2024, 4, 1), 3)]);

        Assert.Equal([3, 2, 0], builder[0].Ages.ToArray());
        Assert.Equal([0, 1, 3, 4], builder[0].Starts.ToArray());
    }

    [Fact]
    public void Kinds_weigh_as_the_card_says_and_events_by_their_own_weight()
    {
        var card = Models.Card() with { KindWeights = new Dictionary<string, double> { ["buy"] = 5, ["skip"] = 0 } };
        var builder = new BagBuilder(card, Models.Interests(1, 1, 1, 1), OneInterestPerItem, ["", "buy", "skip"]);

        builder.Build([new HistoryEntry(1, 0, 1, 2, 2500), new HistoryEntry(1, 1, 0, 1, 1000), new HistoryEntry(1, 2, 2, 9, 9000)]);

        var (a, b) = (Math.Log(1 + (5 * 2.5)), Math.Log(2));
        Assert.Equal([0, 1], builder[0].Keys.ToArray());
        Assert.Equal(a / b, builder[0].Values[0] / builder[0].Values[1], 1e-5);
    }

    [Fact]
    public void A_history_of_unknown_items_or_of_everyones_interest_gives_nothing()
    {
        var builder = new BagBuilder(Models.Card(2), Models.Interests(0, 1), [-1, 0], []);

        Assert.False(builder.Build([]));
        Assert.False(builder.Build([Models.Entry(1, 0), Models.Entry(2, 77)]));
        Assert.False(builder.Build([Models.Entry(1, 1)]));
        Assert.Equal(0, builder[0].Parts);
    }

    [Fact]
    public void Only_the_chosen_interests_are_kept_when_asked()
    {
        var builder = Builder(Models.Card(), [1, 1, 1, 1]);

        builder.Build([Models.Entry(1, 0), Models.Entry(1, 1), Models.Entry(1, 2)], [false, true, false, false], null);

        Assert.Equal([1], builder[0].Keys.ToArray());
        Assert.Equal([1f], builder[0].Values.ToArray());
    }

    [Fact]
    public void A_warm_builder_allocates_nothing()
    {
        var card = Models.Card(4, PeriodGrain.Month, Models.Lifetime(), Models.Recent(2, 5), new BagInput { Name = "month", Scale = Scale.Month, MaxPeriods = 6 });
        var builder = Builder(card, [1, 1, 1, 1]);
        HistoryEntry[] history = [.. Enumerable.Range(0, 40).Select(i => Models.Entry(i, i % 4, 1 + i))];
        builder.Build(history);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            builder.Build(history);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_table_that_names_an_interest_beyond_the_model_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new BagBuilder(Models.Card(), Models.Interests(1, 1, 1, 1), [4], []));

        Assert.Contains("found interest 4; expected −1 to 3", error.Message, StringComparison.Ordinal);
    }

    private static BagBuilder WithKinds(ModelCard card) => new(card, Models.Interests(1, 2, 0.5f, 3), OneInterestPerItem, ["", "buy", "cart"]);

    private static IEnumerable<HistoryEntry> Sum(IEnumerable<HistoryEntry> entries) => entries
        .GroupBy(entry => (entry.Period, entry.Item, entry.Kind))
        .Select(group => new HistoryEntry(group.Key.Period, group.Key.Item, group.Key.Kind, group.Sum(entry => entry.Count), group.Sum(entry => entry.WeightThousandths)))
        .OrderBy(entry => entry.Period).ThenBy(entry => entry.Item).ThenBy(entry => entry.Kind);

    // Interests come in the order in which a history meets them.
    private static float[] Values(UserBag bag, int part)
    {
        var values = new float[4];
        for (var i = bag.Starts[part]; i < bag.Starts[part + 1]; i++)
        {
            values[bag.Keys[i]] = bag.Values[i];
        }

        return values;
    }

    private static BagBuilder Builder(ModelCard card, float[] idf) => new(card, Models.Interests(idf), OneInterestPerItem, [""]);

    private static int Day(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
}
