using System.Text.Json;
using Lurm.Store.Tests.Encoders;
using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Audiences;

public sealed class AudienceTests : IDisposable
{
    private readonly Shop _shop = new(users: 80);

    public AudienceTests()
    {
        _shop.Register(bags: [Models.Lifetime()]);
        _shop.Database.Embed(cancellationToken: Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _shop.Dispose();

    [Fact]
    public void A_saved_audience_keeps_what_the_query_gave_and_survives_reopening()
    {
        var query = new LookalikeQuery { Seeds = ["u1", "u5", "ghost"], Size = AudienceSize.Count(30), Explain = true };
        var expected = _shop.Database.Lookalike(query, Token);

        _shop.Database.SaveAudience("a1", query, cancellationToken: Token);
        _shop.Reopen();

        Assert.True(_shop.Database.TryGetAudience("a1", out var saved));
        Assert.Equal((30, 2, 1, "30 users", "m1"), (saved.MemberCount, saved.MatchedSeeds, saved.UnmatchedSeeds, saved.Size, saved.ModelId));
        Assert.Equal(expected.RelevanceCurve, saved.RelevanceCurve);
        Assert.Equal(expected.TopInterests, saved.TopInterests);
        Assert.Equal(expected.Members, _shop.Database.ReadAudience("a1", 0, 100, out var next));
        Assert.Null(next);
        Assert.Equal(["a1"], _shop.Database.Audiences.Select(audience => audience.Id));
    }

    [Fact]
    public void Pages_follow_each_other_without_gap_or_overlap()
    {
        _shop.Database.SaveAudience("a1", new LookalikeQuery { Seeds = ["u1"], Size = AudienceSize.Percent(100) }, cancellationToken: Token);
        var all = _shop.Database.ReadAudience("a1", 0, 1000, out _);

        var paged = new List<AudienceMember>();
        for (int? rank = 0; rank is { } from;)
        {
            paged.AddRange(_shop.Database.ReadAudience("a1", from, 7, out rank));
        }

        Assert.Equal(79, all.Count);
        Assert.Equal(all, paged);
    }

    [Fact]
    public void An_erased_user_leaves_members_and_seeds_at_once_and_others_keep_their_place()
    {
        _shop.Database.SaveAudience("a1", new LookalikeQuery { Seeds = ["u1", "u5"], Size = AudienceSize.Count(20) }, cancellationToken: Token);
        var before = _shop.Database.ReadAudience("a1", 0, 100, out _);

        _shop.Database.Erase([before[3].Id, "u5"], cancellationToken: Token);

        Assert.Equal(before.Where((_, i) => i != 3), _shop.Database.ReadAudience("a1", 0, 100, out _));
        Assert.Equal(before[4], _shop.Database.ReadAudience("a1", 4, 1, out _)[0]);
        Assert.True(_shop.Database.TryGetAudience("a1", out var audience));
        Assert.Equal(before.Count - before.Count(member => member.Id == "u5") - 1, audience.MemberCount);
        Assert.Equal(1, _shop.Database.RefreshAudience("a1", Token).MatchedSeeds);
    }

    [Fact]
    public void An_export_of_a_user_names_the_audiences_that_hold_it()
    {
        _shop.Database.SaveAudience("a1", new LookalikeQuery { Seeds = ["u1"], Exclude = ["u2"], Size = AudienceSize.Percent(100) }, cancellationToken: Token);
        var member = _shop.Database.ReadAudience("a1", 3, 1, out _)[0];

        Assert.Equal($$"""[{"id":"a1","rank":3,"score":{{JsonSerializer.Serialize(member.Score)}},"isSeed":false,"isExcluded":false}]""", Audiences(member.Id));
        Assert.Equal("""[{"id":"a1","isSeed":true,"isExcluded":false}]""", Audiences("u1"));
        Assert.Equal("""[{"id":"a1","isSeed":false,"isExcluded":true}]""", Audiences("u2"));

        string Audiences(string user)
        {
            using var export = JsonDocument.Parse(_shop.Database.ExportUser(user));
            return JsonSerializer.Serialize(export.RootElement.GetProperty("audiences"));
        }
    }

    [Fact]
    public void Refreshing_finds_new_users_and_one_that_asked_is_refreshed_by_embedding()
    {
        var query = new LookalikeQuery { Seeds = ["u1", "u5", "u9"], Size = AudienceSize.Percent(100) };
        _shop.Database.SaveAudience("still", query, refreshesItself: false, Token);
        _shop.Database.SaveAudience("fresh", query, refreshesItself: true, Token);
        _shop.Ingest(Shop.Events(101));

        _shop.Database.Embed(cancellationToken: Token);

        Assert.DoesNotContain(_shop.Database.ReadAudience("still", 0, 1000, out _), member => member.Id == "u101");
        Assert.Contains(_shop.Database.ReadAudience("fresh", 0, 1000, out _), member => member.Id == "u101");
        Assert.Equal(78, _shop.Database.RefreshAudience("still", Token).MemberCount);
    }

    [Fact]
    public void An_audience_can_be_the_seeds_of_another_but_not_of_itself()
    {
        _shop.Database.SaveAudience("a1", new LookalikeQuery { Seeds = ["u1", "u5"], Size = AudienceSize.Count(10) }, cancellationToken: Token);

        var next = _shop.Database.Lookalike(new LookalikeQuery { AudienceId = "a1", Size = AudienceSize.Count(5) }, Token);

        Assert.Equal(10, next.MatchedSeeds);
        Assert.Empty(next.Members.Select(member => member.Id).Intersect(_shop.Database.ReadAudience("a1", 0, 10, out _).Select(member => member.Id)));
        var error = Assert.Throws<StoreException>(() => _shop.Database.SaveAudience("a1", new LookalikeQuery { AudienceId = "a1" }, cancellationToken: Token));
        Assert.Contains("cannot be made from itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deleted_audience_is_gone()
    {
        _shop.Database.SaveAudience("a1", new LookalikeQuery { Seeds = ["u1"] }, cancellationToken: Token);

        Assert.True(_shop.Database.DeleteAudience("a1"));
        Assert.False(_shop.Database.DeleteAudience("a1"));
        Assert.False(_shop.Database.TryGetAudience("a1", out _));
        Assert.Equal(StoreFault.NotFound, Assert.Throws<StoreException>(() => _shop.Database.ReadAudience("a1", 0, 1, out _)).Fault);
    }
}
