using CsCheck;

namespace Lurm.Store.Tests.Filters;

public sealed class FilterSqlTests(PeopleFixture people) : IClassFixture<PeopleFixture>
{
    [Fact]
    public void Sql_selects_exactly_the_users_for_whom_the_filter_is_true() =>
        FilterGen.Filter.Sample(
            filter => people.Database.SelectUserKeysBySql(filter, CancellationToken.None).SequenceEqual(
                people.Truth.Where(user => FilterTruth.Holds(filter.Root, property => user.Value[property])).Select(user => user.Key)),
            iter: 1_500);

    [Fact]
    public void Count_list_and_selection_agree() =>
        FilterGen.Filter.Sample(
            filter =>
            {
                var keys = people.Database.SelectUserKeys(filter);
                var page = people.Database.ListUsers(new UserListQuery { Filter = filter, Top = 1_000 });
                return people.Database.CountUsers(filter) == keys.Length && page.Users.Select(user => user.UserKey).SequenceEqual(keys) && page.Next is null;
            },
            iter: 50);

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("'; DROP TABLE users; --")]
    [InlineData("x' UNION SELECT id FROM users --")]
    [InlineData("?1")]
    [InlineData("%%")]
    [InlineData("_")]
    [InlineData("*")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("json('x')")]
    public void Sql_inside_quotes_is_text_and_matches_only_itself(string hostile)
    {
        var quoted = $"'{hostile.Replace("'", "''", StringComparison.Ordinal)}'";
        foreach (var text in (string[])[$"Country eq {quoted}", $"Country in ({quoted},'nowhere')", $"startswith(Country,{quoted})", $"Id eq {quoted}"])
        {
            Assert.Empty(people.Database.SelectUserKeys(UserFilter.Parse(text), TestContext.Current.CancellationToken));
        }

        Assert.Equal(people.Truth.Count, people.Database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Contry eq 'France'", "Unknown property 'Contry'")]
    [InlineData("country eq 'France'", "Unknown property 'country'")]
    [InlineData("Country eq 'France' and Nobody in (1,2)", "Unknown property 'Nobody'")]
    [InlineData("contains(Nobody,'x')", "Unknown property 'Nobody'")]
    [InlineData("Nobody eq null", "Unknown property 'Nobody'")]
    [InlineData("Country gt 5", "'Country' is a string; found the number 5")]
    [InlineData("Age eq 'old'", "'Age' is a number; found the string 'old'")]
    [InlineData("Joined ge '2011-11-01'", "Write dates without quotes")]
    [InlineData("Age in (null,'x')", "'Age' is a number")]
    [InlineData("contains(Age,'1')", "'Age' is a number")]
    [InlineData("EventCount eq true", "'EventCount' is a number")]
    [InlineData("Subscribed", null)]
    [InlineData("Country", "'Country' is a string; found the boolean true")]
    public void An_unknown_property_and_a_constant_of_another_type_are_named(string text, string? named)
    {
        var filter = UserFilter.Parse(text);
        if (named is null)
        {
            Assert.NotEmpty(people.Database.SelectUserKeys(filter, TestContext.Current.CancellationToken));
            return;
        }

        var refusal = Assert.Throws<StoreException>(() => people.Database.SelectUserKeys(filter, TestContext.Current.CancellationToken));
        Assert.Equal(StoreFault.Invalid, refusal.Fault);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interest_needs_a_model() =>
        Assert.Equal(
            StoreFault.Unavailable,
            Assert.Throws<StoreException>(() => people.Database.SelectUserKeys(UserFilter.HasInterest(1), TestContext.Current.CancellationToken)).Fault);
}
