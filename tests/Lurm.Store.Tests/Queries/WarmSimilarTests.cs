using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Queries;

/// <summary>What a query keeps from one time to the next must never be seen in its answer.</summary>
public sealed class WarmSimilarTests : IDisposable
{
    private readonly Shop _shop = new();

    public WarmSimilarTests()
    {
        _shop.Register();
        _shop.Database.Embed(cancellationToken: Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_warm_query_allocates_little_more_than_its_answer()
    {
        const int K = 20;
        const int BytesPerUser = 40; // SimilarUser: header, id, score, shared interests.
        const int Queries = 200;
        for (var i = 0; i < 50; i++)
        {
            _shop.Database.Similar("u6", K, cancellationToken: Token);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Queries; i++)
        {
            _shop.Database.Similar("u6", K, cancellationToken: Token);
        }

        // The list, its array, and a few small objects of the search itself.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Queries, 1, (K * BytesPerUser) + 700);
    }

    [Fact]
    public void An_attribute_set_here_or_elsewhere_is_in_the_next_answer_of_a_filter_asked_before()
    {
        _shop.Database.RegisterAttribute("Country", AttributeType.String, isIndexed: true);
        var filter = UserFilter.Parse("Country eq 'France'");
        using var elsewhere = _shop.OpenAgain();
        Ask();

        foreach (var (database, user) in new[] { (_shop.Database, "u1"), (elsewhere, "u2"), (_shop.Database, "u3") })
        {
            database.SetAttributes(user, new Dictionary<string, object?> { ["Country"] = "France" });
            Assert.Contains(user, Ask());
        }

        _shop.Database.SetAttributes("u1", new Dictionary<string, object?> { ["Country"] = "Spain" });
        Assert.Equal(["u2", "u3"], Ask().Order(StringComparer.Ordinal));

        IEnumerable<string> Ask()
        {
            _shop.Database.Similar("u6", 10, filter, Token);
            return _shop.Database.Similar("u6", 10, filter, Token).Select(user => user.Id);
        }
    }

    [Fact]
    public void A_user_erased_elsewhere_is_named_no_more_by_a_query_that_named_it()
    {
        using var elsewhere = _shop.OpenAgain();
        Assert.Contains(_shop.Database.Similar("u6", 39, cancellationToken: Token), user => user.Id == "u10");

        elsewhere.Erase(["u10"], cancellationToken: Token);

        var near = _shop.Database.Similar("u6", 39, cancellationToken: Token);
        Assert.Equal(38, near.Count);
        Assert.DoesNotContain(near, user => user.Id == "u10");
        Assert.Equal(StoreFault.NotFound, Assert.Throws<StoreException>(() => _shop.Database.Similar("u10", cancellationToken: Token)).Fault);
    }

    public void Dispose() => _shop.Dispose();
}
