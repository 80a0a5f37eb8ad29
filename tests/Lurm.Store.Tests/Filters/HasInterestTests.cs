using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Filters;

public sealed class HasInterestTests
{
    [Fact]
    public void Users_with_an_event_of_the_interest_pass_within_the_months_before_the_newest_event()
    {
        using var shop = new Shop(users: 0);
        shop.Register();
        shop.Ingest([
            Shop.Event("a", 3, month: 1), Shop.Event("a", 4, month: 6),
            Shop.Event("b", 3, month: 4),
            Shop.Event("c", 4, month: 5),
            Shop.Event("d", 3, month: 6), Shop.Event("d", 3, month: 1)]);
        shop.Database.Embed(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("a b d", Ids("Lurm.HasInterest(interest=3)"));
        Assert.Equal("d", Ids("Lurm.HasInterest(interest=3,months=1)"));
        Assert.Equal("d", Ids("Lurm.HasInterest(interest=3,months=2)"));
        Assert.Equal("b d", Ids("Lurm.HasInterest(interest=3,months=3)"));
        Assert.Equal("a b d", Ids("Lurm.HasInterest(interest=3,months=6)"));
        Assert.Equal("c", Ids("not Lurm.HasInterest(interest=3)"));
        Assert.Equal("a", Ids("Lurm.HasInterest(interest=3) and Lurm.HasInterest(interest=4)"));
        Assert.Equal("a c", Ids("Lurm.HasInterest(interest=4) or Id eq 'nobody'"));
        Assert.Equal("", Ids("Lurm.HasInterest(interest=99)"));

        shop.Ingest([Shop.Event("c", 3, month: 7)]);
        Assert.Equal("c d", Ids("Lurm.HasInterest(interest=3,months=2)"));

        string Ids(string text)
        {
            var filter = UserFilter.Parse(text);
            var token = TestContext.Current.CancellationToken;
            var ids = string.Join(' ', shop.Database.ListUsers(new UserListQuery { Filter = filter, OrderBy = [new UserOrder("Id")] }, token).Users.Select(user => user.Id));
            Assert.Equal(shop.Database.SelectUserKeysBySql(filter, token), shop.Database.SelectUsers(filter, token).ToArray());
            return ids;
        }
    }

    [Fact]
    public void Distinct_items_are_counted_over_all_batches()
    {
        using var shop = new Shop(users: 0);
        shop.Ingest([Shop.Event("one", 1, month: 1), Shop.Event("two", 1, month: 1), Shop.Event("two", 2, month: 1)]);
        shop.Ingest([Shop.Event("one", 1, month: 2), Shop.Event("two", 1, month: 5)]);
        shop.Database.SetAttributes("none", new Dictionary<string, object?>());

        Assert.Equal("one", Ids("ItemCount eq 1"));
        Assert.Equal("none two", Ids("ItemCount ne 1"));
        Assert.Equal("none one", Ids("ItemCount lt 2"));
        Assert.Equal("two", Ids("ItemCount ge 1.5"));
        Assert.Equal("none two", Ids("ItemCount in (0,2)"));
        Assert.Equal("", Ids("ItemCount eq null"));
        Assert.Equal("none one two", Ids("ItemCount ne null"));

        Assert.Equal("two one none", Ids("Id ne null", new UserOrder("ItemCount", IsDescending: true)));

        string Ids(string text, UserOrder? order = null) => string.Join(
            ' ',
            shop.Database.ListUsers(new UserListQuery { Filter = UserFilter.Parse(text), OrderBy = [order ?? new UserOrder("Id")] }, TestContext.Current.CancellationToken).Users.Select(user => user.Id));
    }
}
