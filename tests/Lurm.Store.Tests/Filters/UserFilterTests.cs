using CsCheck;

namespace Lurm.Store.Tests.Filters;

public sealed class UserFilterTests
{
    [Theory]
    [InlineData("Country eq 'France'", "Country eq 'France'")]
    [InlineData("'France' eq Country", "Country eq 'France'")]
    [InlineData("30 lt Age", "Age gt 30")]
    [InlineData("30 ge Age", "Age le 30")]
    [InlineData("Age gt 0.1", "Age gt 0.1")]
    [InlineData("Age gt -5.50", "Age gt -5.5")]
    [InlineData("Age eq 1.5f", "Age eq 1.5")]
    [InlineData("Age eq 9007199254740993", "Age eq 9007199254740992")]
    [InlineData("Age eq -0.0", "Age eq 0")]
    [InlineData("Age eq 1E+300", "Age eq 1E+300")]
    [InlineData("LastSeen ge 2011-11-01", "LastSeen ge 2011-11-01T00:00:00Z")]
    [InlineData("LastSeen ge 2011-11-01T02:00:00+02:00", "LastSeen ge 2011-11-01T00:00:00Z")]
    [InlineData("LastSeen ge 2011-11-01T00:00:00.1239Z", "LastSeen ge 2011-11-01T00:00:00.123Z")]
    [InlineData("Country eq null or null ne Age", "Country eq null or Age ne null")]
    [InlineData("Subscribed", "Subscribed eq true")]
    [InlineData("not Subscribed", "not (Subscribed eq true)")]
    [InlineData("Subscribed ne false", "Subscribed ne false")]
    [InlineData("not not Subscribed", "not (not (Subscribed eq true))")]
    [InlineData("A eq 1 and (B eq 2 and C eq 3)", "A eq 1 and B eq 2 and C eq 3")]
    [InlineData("A eq 1 or B eq 2 and C eq 3", "A eq 1 or B eq 2 and C eq 3")]
    [InlineData("(A eq 1 or B eq 2) and C eq 3", "(A eq 1 or B eq 2) and C eq 3")]
    [InlineData("contains(Country,'an')", "contains(Country,'an')")]
    [InlineData("startswith( Country , 'it''s' ) and endswith(Id,'')", "startswith(Country,'it''s') and endswith(Id,'')")]
    [InlineData("Country in ('it''s', 'x,y','(z)', '%41','\"q\"','a\\b', null)", "Country in ('it''s','x,y','(z)','%41','\"q\"','a\\b',null)")]
    [InlineData("Country in('a')or(Age)in (1)", "Country in ('a') or Age in (1)")]
    [InlineData("Age in (1, 2.50, -3, 0.1, 1L)", "Age in (1,2.5,-3,0.1,1)")]
    [InlineData("FirstSeen in (2011-11-01, 2011-11-01T10:00:00Z)", "FirstSeen in (2011-11-01T00:00:00Z,2011-11-01T10:00:00Z)")]
    [InlineData("Lurm.HasInterest(interest=17,months=3)", "Lurm.HasInterest(interest=17,months=3)")]
    [InlineData("Lurm.HasInterest(months=3,interest=17)", "Lurm.HasInterest(interest=17,months=3)")]
    [InlineData("Lurm.HasInterest(interest=17) and Age gt 1", "Lurm.HasInterest(interest=17) and Age gt 1")]
    [InlineData("Lurm.HasInterest(interest=17) eq false", "not (Lurm.HasInterest(interest=17))")]
    [InlineData("(Age gt 1 and Age lt 5) ne false", "Age gt 1 and Age lt 5")]
    [InlineData("Größe eq 1", "Größe eq 1")]
    [InlineData("Name eq 'in (1,2)'", "Name eq 'in (1,2)'")]
    [InlineData("Name eq 'x'' in (1,2)'", "Name eq 'x'' in (1,2)'")]
    public void The_subset_parses_to_a_tree_with_one_text(string text, string canonical)
    {
        var filter = UserFilter.Parse(text);

        Assert.Equal(canonical, filter.ToString());
        Assert.Equal(filter, UserFilter.Parse(canonical));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("A eq", "position 4")]
    [InlineData("(A eq 1", "position 7")]
    [InlineData("A eq 'x", "unterminated string")]
    [InlineData("A EQ 1", "position 4")]
    [InlineData("A like 'x%'", "position")]
    [InlineData("Country eq France", "the property 'France'")]
    [InlineData("A eq B", "the property 'B'")]
    [InlineData("contains('x',A)", "the constant 'x'")]
    [InlineData("contains(A,B)", "the property 'B'")]
    [InlineData("contains(A,5)", "contains")]
    [InlineData("tolower(A) eq 'x'", "the function 'tolower'")]
    [InlineData("now() gt LastSeen", "the function 'now'")]
    [InlineData("length(A) gt 5", "the function 'length'")]
    [InlineData("A add 1 eq 2", "the operator 'add'")]
    [InlineData("A/B eq 5", "the path to 'B'")]
    [InlineData("A/any(x:x eq 1)", "'any'")]
    [InlineData("A eq @p", "the alias '@p'")]
    [InlineData("A has 'x'", "the operator 'has'")]
    [InlineData("true", "the constant true")]
    [InlineData("5", "single boolean value")]
    [InlineData("A eq duration'P1D'", "duration'P1D'")]
    [InlineData("A eq 00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000")]
    [InlineData("A eq INF", "not a finite number")]
    [InlineData("A in (1,INF)", "INF")]
    [InlineData("A gt null", "null has no order")]
    [InlineData("A gt true", "true has no order")]
    [InlineData("A in ()", "at least one value")]
    [InlineData("A in (1,'x')", "mixes")]
    [InlineData("A in (1,,2)", "empty place")]
    [InlineData("A in (1,2", "no ')'")]
    [InlineData("A in (B)", "'B' is no constant")]
    [InlineData("A in ('a''b'c')", "no ')'")]
    [InlineData("A in (1 2)", "no constant")]
    [InlineData("A in ((1))", "'('")]
    [InlineData("A in 5", "does not parse")]
    [InlineData("A in [0]", "on the right of 'in'")]
    [InlineData("A in ('x') and B in [0]", "on the right of 'in'")]
    [InlineData("Lurm.HasInterest(months=3)", "Lurm.HasInterest")]
    [InlineData("Lurm.HasInterest(interest=-1)", "expected 0 or more")]
    [InlineData("Lurm.HasInterest(interest=1,months=0)", "expected 1 to 1,200")]
    [InlineData("Lurm.HasInterest(interest=1,months=300000000000)", "expected a whole number")]
    [InlineData("Lurm.HasInterest(interest=null)", "expected a whole number")]
    [InlineData("Lurm.HasInterest(interest=A)", "expected a whole number")]
    [InlineData("HasInterest(interest=1)", "HasInterest")]
    [InlineData("Score eq 1", "'Score' is a name of Lurm's own")]
    [InlineData("id eq 'x'", "'id' is a name of Lurm's own")]
    public void What_is_outside_the_subset_is_refused_and_named(string text, string named)
    {
        var refusal = Assert.Throws<StoreException>(() => UserFilter.Parse(text));

        Assert.Equal(StoreFault.Invalid, refusal.Fault);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A eq 1; DROP TABLE users")]
    [InlineData("A eq 1 -- ")]
    [InlineData("A eq 1 OR 1=1")]
    [InlineData("A eq 1 UNION SELECT id FROM users")]
    [InlineData("users.id eq 1")]
    [InlineData("A\"; DROP TABLE users; -- eq 1")]
    [InlineData("[A] eq 1")]
    [InlineData("`A` eq 1")]
    [InlineData("A eq 'x' || (SELECT id FROM users)")]
    [InlineData("A in (SELECT id FROM users)")]
    [InlineData("A in ('x') UNION ('y')")]
    [InlineData("A eq ?1")]
    [InlineData("A eq $p1")]
    [InlineData("A eq 1/**/or/**/1 eq 1")]
    public void Sql_outside_quotes_is_refused(string text) =>
        Assert.Equal(StoreFault.Invalid, Assert.Throws<StoreException>(() => UserFilter.Parse(text)).Fault);

    [Fact]
    public void Bounds_are_kept_in_text_and_in_code()
    {
        var longest = $"A eq '{new string('x', 1_000)}' or A eq '{new string('y', 1_000)}'";
        Assert.Equal(longest, UserFilter.Parse(longest).ToString());
        Refused($"A eq '{new string('x', UserFilter.MaxCharacters)}'", "at most 4096");
        Refused($"A eq '{new string('x', 1_025)}'", "at most 1024");

        var conditions = Enumerable.Range(0, UserFilter.MaxNodes).Select(i => $"A eq {i}").ToArray();
        Assert.NotNull(UserFilter.Parse(string.Join(" or ", conditions[1..])));
        Refused(string.Join(" or ", conditions), "101 nodes");

        var deepest = UserFilter.MaxDepth - 1;
        Assert.NotNull(UserFilter.Parse(string.Concat(Enumerable.Repeat("not ", deepest)) + "A"));
        Refused(string.Concat(Enumerable.Repeat("not ", deepest + 1)) + "A", "21 levels");
        Refused(new string('(', 4_000), "does not parse");
        Refused(string.Concat(Enumerable.Repeat("not ", 1_000)) + "A", "does not parse");

        var filter = UserFilter.Where("A", FilterOperator.Equal, true);
        for (var i = 0; i < deepest; i++)
        {
            filter = UserFilter.Not(filter);
        }

        Assert.Throws<StoreException>(() => UserFilter.Not(filter));

        static void Refused(string text, string named) =>
            Assert.Contains(named, Assert.Throws<StoreException>(() => UserFilter.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Built_in_code_it_equals_its_text()
    {
        var built = UserFilter.Where("Country", FilterOperator.Equal, "Côte d'Ivoire")
            .And(UserFilter.In("Age", [18, 19.5f, 20m, null]).Or(UserFilter.Not(UserFilter.StartsWith("Id", "u"))))
            .And(UserFilter.Where("LastSeen", FilterOperator.GreaterThanOrEqual, new DateOnly(2011, 11, 1)))
            .And(UserFilter.HasInterest(17, months: 3));

        Assert.Equal(
            UserFilter.Parse("Country eq 'Côte d''Ivoire' and (Age in (18,19.5,20,null) or not startswith(Id,'u')) and LastSeen ge 2011-11-01 and Lurm.HasInterest(interest=17,months=3)"),
            built);
        Assert.Throws<StoreException>(() => UserFilter.Where("A\" or 1=1", FilterOperator.Equal, 1));
        Assert.Throws<StoreException>(() => UserFilter.Where("A", FilterOperator.Equal, "half \ud800 pair"));
        Assert.Throws<StoreException>(() => UserFilter.Where("A", FilterOperator.Equal, double.NaN));
        Assert.Throws<StoreException>(() => UserFilter.Where("A", FilterOperator.Equal, new object()));
    }

    [Fact]
    public void Every_tree_round_trips_through_its_text() =>
        FilterGen.Filter.Sample(filter => UserFilter.Parse(filter.ToString()).Equals(filter), iter: 2_000);

    [Fact]
    public void Only_the_typed_fault_escapes_from_any_text() =>
        FilterGen.Mutated.Sample(
            text =>
            {
                try
                {
                    var filter = UserFilter.Parse(text);
                    return UserFilter.Parse(filter.ToString()).Equals(filter);
                }
                catch (StoreException refusal)
                {
                    return refusal.Fault == StoreFault.Invalid;
                }
            },
            iter: 5_000);
}
