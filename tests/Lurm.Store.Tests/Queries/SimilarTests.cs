using Lurm.Store.Tests.Encoders;
using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Queries;

/// <summary>40 users of four tastes; user n has taste n mod 4.</summary>
public sealed class SimilarTests : IClassFixture<SimilarTests.Embedded>
{
    private readonly LurmDatabase _database;

    public SimilarTests(Embedded embedded) => _database = embedded.Shop.Database;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_nearest_users_share_the_taste_and_the_user_itself_is_not_among_them()
    {
        var near = _database.Similar("u6", k: 9, cancellationToken: Token);

        Assert.Equal(9, near.Count);
        Assert.All(near, user => Assert.Equal(2, Number(user.Id) % Shop.Tastes));
        Assert.DoesNotContain(near, user => user.Id == "u6");
        Assert.Equal(near.OrderByDescending(user => user.Score), near);
    }

    [Fact]
    public void Scores_are_inner_products_of_representations()
    {
        var near = _database.Similar("u6", k: 3, cancellationToken: Token);

        _database.TryGetRepresentation("u6", out var query);
        _database.TryGetRepresentation(near[0].Id, out var hit);
        Assert.Equal(query!.Zip(hit!, (a, b) => a * b).Sum(), near[0].Score, 1e-5f);
    }

    [Fact]
    public void A_filter_acts_before_the_search_and_always_gives_all_matches()
    {
        var filter = UserFilter.In("Id", ["u1", "u3", "u5", "u6"]);

        var near = _database.Similar("u6", k: 10, filter, Token);

        Assert.Equal(["u1", "u3", "u5"], near.Select(user => user.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_own_vector_finds_the_user()
    {
        _database.TryGetRepresentation("u7", out var vector);

        var best = _database.Similar(new SimilarQuery { Vector = [.. vector!.Select(value => value * 5)], K = 1 }, Token).Users[0];

        Assert.Equal(1f, best.Score, 1e-4f);
    }

    [Fact]
    public void Events_of_a_stranger_find_users_of_that_taste()
    {
        var result = _database.Similar(new SimilarQuery { Events = [Shop.Event("anyone", 1, 1), Shop.Event("anyone", 5, 2)], K = 8 }, Token);

        Assert.All(result.Users, user => Assert.Equal(1, Number(user.Id) % Shop.Tastes));
        Assert.Equal("m1", result.ModelId);
    }

    [Fact]
    public void Events_that_are_stored_events_give_the_stored_representation()
    {
        var stored = _database.Similar("u9", k: 5, cancellationToken: Token);

        var cold = _database.Similar(new SimilarQuery { Events = [.. Shop.Events(9)], K = 6 }, Token).Users;

        Assert.Contains(cold, user => user.Id == "u9" && user.Score > 0.9999f);
        Assert.Equal(stored.Select(user => user.Id), cold.Where(user => user.Id != "u9").Select(user => user.Id));
    }

    [Fact]
    public void Events_about_unknown_things_are_refused()
    {
        var error = Assert.Throws<StoreException>(() => _database.Similar(new SimilarQuery { Events = [Shop.Event("x", 99, 1)] }, Token));

        Assert.Equal(StoreFault.Invalid, error.Fault);
        Assert.Contains("knows or can guess", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Respecting_one_interest_embeds_only_that()
    {
        // u8 has the interests 0, 4 and 8; with 4 alone it is like who has nothing but 4.
        var respected = _database.Similar(new SimilarQuery { UserId = "u8", Respect = [4], K = 5 }, Token);
        var alone = _database.Similar(new SimilarQuery { Events = [Shop.Event("x", 4, 1)], K = 6 }, Token);

        Assert.Equal(respected.Users.Select(user => user.Id), alone.Users.Where(user => user.Id != "u8").Select(user => user.Id).Take(5));
    }

    [Fact]
    public void Recent_weighs_what_was_done_last()
    {
        // Long ago taste 0, lately taste 1.
        BehaviourEvent[] events = [Shop.Event("x", 0, 1), Shop.Event("x", 4, 1), Shop.Event("x", 8, 1), Shop.Event("x", 1, 12)];

        var ever = _database.Similar(new SimilarQuery { Events = events, K = 1 }, Token).Users[0];
        var lately = _database.Similar(new SimilarQuery { Events = events, K = 1, Recent = true, RecentHalfLife = 1 }, Token).Users[0];

        Assert.Equal(0, Number(ever.Id) % Shop.Tastes);
        Assert.Equal(1, Number(lately.Id) % Shop.Tastes);
    }

    [Fact]
    public void Anchor_weights_scale_each_anchors_part_of_the_score()
    {
        var both = _database.Similar(new SimilarQuery { UserId = "u6", K = 39 }, Token).Users.ToDictionary(user => user.Id, user => user.Score);
        var first = _database.Similar(new SimilarQuery { UserId = "u6", K = 39, AnchorWeights = [1, 0] }, Token).Users.ToDictionary(user => user.Id, user => user.Score);
        var second = _database.Similar(new SimilarQuery { UserId = "u6", K = 39, AnchorWeights = [0, 2] }, Token).Users.ToDictionary(user => user.Id, user => user.Score);

        Assert.All(both, pair => Assert.Equal(pair.Value, first[pair.Key] + (second[pair.Key] / 2), 1e-5f));
    }

    [Fact]
    public void An_explanation_names_the_interests_both_have()
    {
        var user = _database.Similar(new SimilarQuery { UserId = "u6", K = 1, Explain = true }, Token).Users[0];

        Assert.NotEmpty(user.SharedInterests);
        Assert.All(user.SharedInterests, shared => Assert.Equal(2, shared.Interest % Shop.Tastes));
        Assert.All(user.SharedInterests, shared => Assert.Equal($"thing {shared.Interest}", shared.Label));
        Assert.InRange(user.SharedInterests.Sum(shared => shared.Weight), 0.1, 1.0001);
    }

    [Fact]
    public void A_least_score_cuts_the_ranking()
    {
        var all = _database.Similar("u6", k: 39, cancellationToken: Token);
        var floor = all[12].Score;

        Assert.Equal(all.Where(user => user.Score >= floor).Select(user => user.Id), _database.Similar(new SimilarQuery { UserId = "u6", K = 39, MinScore = floor }, Token).Users.Select(user => user.Id));
    }

    [Fact]
    public void Contradictions_are_named()
    {
        Assert.Contains("exactly one of a user, a vector and events", Error(new SimilarQuery()), StringComparison.Ordinal);
        Assert.Contains("found a vector of 3 components; model 'm1' expects 16", Error(new SimilarQuery { Vector = [1, 2, 3] }), StringComparison.Ordinal);
        Assert.Contains("found 1 anchor weights; expected 2", Error(new SimilarQuery { UserId = "u1", AnchorWeights = [1] }), StringComparison.Ordinal);
        Assert.Contains("found interest 12; expected 0 to 11", Error(new SimilarQuery { UserId = "u1", Respect = [12] }), StringComparison.Ordinal);
        Assert.Contains("there is no user 'nobody'", Error(new SimilarQuery { UserId = "nobody" }), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _database.Similar("u1", k: 0, cancellationToken: Token));
    }

    [Fact]
    public void Recall_of_so_few_users_is_complete() =>
        Assert.Equal(new RecallReport(1, 10, 40), _database.MeasureRecall(10, 1000, 1, Token));

    private static int Number(string id) => int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture);

    private string Error(SimilarQuery query) => Assert.Throws<StoreException>(() => _database.Similar(query, Token)).Message;

    public sealed class Embedded : IDisposable
    {
        public Embedded()
        {
            Shop = new Shop(users: 40);
            Shop.Register(bags: [Models.Lifetime()]);
            Shop.Database.Embed(cancellationToken: Token);
        }

        internal Shop Shop { get; }

        public void Dispose() => Shop.Dispose();
    }
}
