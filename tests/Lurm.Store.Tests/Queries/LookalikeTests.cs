using Lurm.Store.Encoders;
using Lurm.Store.Tests.Encoders;
using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Queries;

/// <summary>400 users of four tastes; user n has taste n mod 4. Seeds are some users of taste 1, so the right audience is known.</summary>
public sealed class LookalikeTests : IClassFixture<LookalikeTests.Embedded>
{
    private const int Users = 400;
    private readonly LurmDatabase _database;

    public LookalikeTests(Embedded embedded) => _database = embedded.Shop.Database;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<LookalikeMethod> Methods => [.. Enum.GetValues<LookalikeMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_finds_the_rest_of_the_taste(LookalikeMethod method)
    {
        var result = Run(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Count(70), Method = method });

        Assert.Equal(70, result.Members.Count);
        Assert.Equal((30, 0, method, "m1"), (result.MatchedSeeds, result.UnmatchedSeeds, result.Method, result.ModelId));

        // 70 users of the taste are left. A random audience would have a quarter of its members in it.
        Assert.InRange(result.Members.Count(member => Taste(member.Id) == 1), 67, 70);
        Assert.Empty(result.Members.Select(member => member.Id).Intersect(Seeds(30)));
        Assert.Equal(result.Members.Select(member => member.Score).OrderDescending(), result.Members.Select(member => member.Score));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_same_query_gives_the_same_answer(LookalikeMethod method)
    {
        var query = new LookalikeQuery { Seeds = Seeds(40), Size = AudienceSize.Percent(20), Method = method };

        Assert.Equal(Run(query).Members, Run(query).Members);
    }

    [Fact]
    public void Two_kinds_of_seed_are_both_found_by_clusters()
    {
        var seeds = Enumerable.Range(0, Users).Where(n => n % 4 is 0 or 1).Take(60).Select(n => $"u{n}").ToArray();

        var result = Run(new LookalikeQuery { Seeds = seeds, Size = AudienceSize.Count(100), Method = LookalikeMethod.Clusters });

        Assert.InRange(result.Members.Count(member => Taste(member.Id) == 0), 25, 75);
        Assert.InRange(result.Members.Count(member => Taste(member.Id) is 0 or 1), 95, 100);
    }

    /// <summary>Summed over all that seeds lack, log-odds below 0 ranked users by how few interests they have.</summary>
    [Fact]
    public void Log_odds_hold_no_interest_against_a_user()
    {
        var all = Run(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Percent(100), Method = LookalikeMethod.LogOdds }).Members;

        Assert.All(all, member => Assert.True(member.Score >= 0));
        Assert.All(all.Where(member => Taste(member.Id) == 1), member => Assert.True(member.Score > 0));
    }

    [Fact]
    public void Sizes_are_counts_shares_bands_and_least_scores_of_one_ranking()
    {
        var query = new LookalikeQuery { Seeds = Seeds(30) };
        var all = Run(query with { Size = AudienceSize.Percent(100) }).Members;

        Assert.Equal(Users - 30, all.Count);
        Assert.Equal(all.Take(12), Run(query with { Size = AudienceSize.Count(12) }).Members);
        Assert.Equal(all.Take(4), Run(query with { Size = AudienceSize.Percent(1) }).Members);
        Assert.Equal(all.Take(3), Run(query with { Size = AudienceSize.Percent(0.7) }).Members);
        Assert.Equal(all.Skip(4).Take(4), Run(query with { Size = AudienceSize.Band(1, 2) }).Members);
        var floor = all[20].Score;
        Assert.Equal(all.Where(member => member.Score >= floor), Run(query with { Size = AudienceSize.MinScore(floor) }).Members);
    }

    [Fact]
    public void Unmatched_seeds_are_counted_and_named()
    {
        var result = Run(new LookalikeQuery { Seeds = [.. Seeds(30), "ghost", "u1", "ghost"], Size = AudienceSize.Count(5) });

        Assert.Equal((30, 1), (result.MatchedSeeds, result.UnmatchedSeeds));
        Assert.Equal(["ghost"], result.UnmatchedSeedIds);
    }

    [Fact]
    public void Excluded_users_and_users_outside_the_filter_are_no_members_and_the_filter_is_the_base()
    {
        var best = Run(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Count(3) }).Members;
        var without = Run(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Count(3), Exclude = [best[0].Id] }).Members;
        var few = Run(new LookalikeQuery { Seeds = Seeds(30), Filter = UserFilter.In("Id", [.. Enumerable.Range(200, 50).Select(n => (object?)$"u{n}")]), Size = AudienceSize.Percent(10) }).Members;

        Assert.Equal(best.Skip(1), without.Take(2));
        Assert.Equal(5, few.Count);
        Assert.All(few, member => Assert.InRange(int.Parse(member.Id[1..], System.Globalization.CultureInfo.InvariantCulture), 200, 249));
    }

    [Fact]
    public void Seeds_can_come_from_a_filter_and_be_members_when_asked()
    {
        var filter = UserFilter.In("Id", [.. Seeds(30)]);

        var without = Run(new LookalikeQuery { SeedFilter = filter, Size = AudienceSize.Percent(100) });
        var with = Run(new LookalikeQuery { SeedFilter = filter, Size = AudienceSize.Percent(100), IncludeSeeds = true });

        Assert.Equal(30, without.MatchedSeeds);
        Assert.Equal((Users - 30, Users), (without.Members.Count, with.Members.Count));
    }

    [Fact]
    public void The_curve_gives_the_score_at_each_size()
    {
        var result = Run(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Percent(20) });

        Assert.Equal([1, 2, 3, 5, 7.5, 10, 15, 20], result.RelevanceCurve.Select(point => point.Percent));
        Assert.All(result.RelevanceCurve, point => Assert.Equal(result.Members[point.Members - 1].Score, point.Score));
        Assert.Equal(4, result.RelevanceCurve[0].Members);
    }

    [Fact]
    public void The_interests_that_mark_the_audience_are_those_of_the_taste()
    {
        var result = Run(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Count(60), Explain = true });

        Assert.Equal([1, 5, 9], result.TopInterests.Select(interest => interest.Interest).Order());
        Assert.All(result.TopInterests, interest => Assert.Equal($"thing {interest.Interest}", interest.Label));
        Assert.All(result.TopInterests, interest => Assert.True(interest.LogOdds > 0));
    }

    /// <summary>They were once counted as had, although no bag and no score holds them.</summary>
    [Fact]
    public void An_interest_by_a_kind_of_weight_0_marks_no_audience()
    {
        using var shop = new Shop(Users);
        shop.Ingest(Enumerable.Range(0, Users).Where(n => n % Shop.Tastes == 1).Select(n => Shop.Event($"u{n}", 2, month: 1) with { Kind = "view" }));
        var card = Shop.Card("m1", Models.Lifetime()) with { KindWeights = new Dictionary<string, double> { ["view"] = 0 } };
        shop.Database.RegisterModel(ModelBundle.Write(shop["bundle"], card, Shop.Interests(), TinyOnnx.Encoder(card, Shop.Table(card))).Folder);
        shop.Database.Embed(cancellationToken: Token);

        var result = shop.Database.Lookalike(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Count(60), Explain = true }, Token);

        Assert.Equal([1, 5, 9], result.TopInterests.Select(interest => interest.Interest).Order());
    }

    [Fact]
    public void Few_seeds_seeds_without_a_common_taste_and_too_large_a_size_are_warned_of()
    {
        Assert.Contains(Run(new LookalikeQuery { Seeds = Seeds(5) }).Warnings, warning => warning.Contains("only 5 seed users", StringComparison.Ordinal));
        Assert.Empty(Run(new LookalikeQuery { Seeds = Seeds(30) }).Warnings);
        var mixed = Enumerable.Range(0, 60).Select(n => $"u{n}").ToArray();
        Assert.Contains(Run(new LookalikeQuery { Seeds = mixed }).Warnings, warning => warning.Contains("no common taste", StringComparison.Ordinal));
        Assert.Contains(Run(new LookalikeQuery { Seeds = Seeds(30), Size = AudienceSize.Count(5000) }).Warnings, warning => warning.Contains("370 users could be members; 5000 were asked for", StringComparison.Ordinal));
    }

    [Fact]
    public void Queries_without_a_seed_that_matches_or_with_two_kinds_of_seeds_are_refused()
    {
        Assert.Contains("none of the seed users", Error(new LookalikeQuery { Seeds = ["ghost"] }), StringComparison.Ordinal);
        Assert.Contains("exactly one of seeds", Error(new LookalikeQuery()), StringComparison.Ordinal);
        Assert.Contains("exactly one of seeds", Error(new LookalikeQuery { Seeds = ["u1"], AudienceId = "a" }), StringComparison.Ordinal);
        Assert.Contains("there is no audience 'a'", Error(new LookalikeQuery { AudienceId = "a" }), StringComparison.Ordinal);
    }

    private static string[] Seeds(int count) => [.. Enumerable.Range(0, count).Select(n => $"u{(4 * n) + 1}")];

    private static int Taste(string id) => int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture) % Shop.Tastes;

    private LookalikeResult Run(LookalikeQuery query) => _database.Lookalike(query, Token);

    private string Error(LookalikeQuery query) => Assert.Throws<StoreException>(() => _database.Lookalike(query, Token)).Message;

    public sealed class Embedded : IDisposable
    {
        public Embedded()
        {
            Shop = new Shop(Users);
            Shop.Register(bags: [Models.Lifetime()]);
            Shop.Database.Embed(cancellationToken: Token);
        }

        internal Shop Shop { get; }

        public void Dispose() => Shop.Dispose();
    }
}
