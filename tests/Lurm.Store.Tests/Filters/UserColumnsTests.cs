using CsCheck;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Filters;

public sealed class UserColumnsTests(PeopleFixture people) : IClassFixture<PeopleFixture>
{
    [Fact]
    public void Columns_select_what_sql_selects() =>
        FilterGen.Filter.Sample(
            filter =>
            {
                var bySql = people.Database.SelectUserKeysBySql(filter, CancellationToken.None);
                var first = people.Database.SelectUsers(filter);
                return first.ToArray().SequenceEqual(bySql)
                    && first.Count == bySql.Length
                    && people.Truth.Keys.All(key => first.Contains(key) == (Array.BinarySearch(bySql, key) >= 0))
                    && people.Database.SelectUserKeys(filter).SequenceEqual(bySql);
            },
            iter: 1_500);

    [Theory]
    [InlineData("Contry eq 'France'", "Unknown property 'Contry'")]
    [InlineData("Country ne 5", "'Country' is a string; found the number 5")]
    [InlineData("not (Country in (1,2))", "'Country' is a string; found the number 1")]
    [InlineData("LastSeen gt 'x'", "Write dates without quotes")]
    [InlineData("contains(Subscribed,'x')", "'Subscribed' is a boolean")]
    public void Columns_refuse_what_sql_refuses(string text, string named)
    {
        var filter = UserFilter.Parse(text);

        Assert.Contains(named, Assert.Throws<StoreException>(() => people.Database.SelectUsers(filter, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains(named, Assert.Throws<StoreException>(() => people.Database.SelectUserKeysBySql(filter, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_change_by_any_process_is_in_the_next_answer()
    {
        using var folder = new TemporaryFolder();
        using var writer = LurmDatabase.Create(folder["db"]);
        using var reader = LurmDatabase.Open(folder["db"]);
        var random = new Random(1);
        writer.RegisterAttribute("City", AttributeType.String, isIndexed: true);
        var filters = ((string[])["City eq 'c1'", "City ne 'c1'", "City eq null", "City in ('c2','c3',null)", "Level ge 2", "Level eq null", "EventCount gt 0", "EventCount gt 20 or City eq 'c1'", "LastSeen ge 2020-09-20"])
            .Select(UserFilter.Parse).ToArray();
        for (var round = 0; round < 60; round++)
        {
            switch (random.Next(6))
            {
                case 0:
                    writer.Ingest(
                        Enumerable.Range(0, 10).Select(_ => new BehaviourEvent { User = $"u{random.Next(40)}", Item = "i", Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000 + random.Next(2_000_000)) }),
                        $"batch {round}",
                        cancellationToken: TestContext.Current.CancellationToken);
                    break;
                case 1:
                    writer.Erase([$"u{random.Next(40)}", $"u{random.Next(40)}"], allowReturn: true, TestContext.Current.CancellationToken);
                    break;
                case 2 when round > 20:
                    writer.RegisterAttribute("Level", AttributeType.Number, isIndexed: round > 40);
                    writer.SetAttributes($"u{random.Next(40)}", new Dictionary<string, object?> { ["Level"] = random.Next(4) });
                    break;
                default:
                    writer.SetAttributes($"u{random.Next(40)}", new Dictionary<string, object?> { ["City"] = random.Next(5) is > 0 and var city ? $"c{city}" : null });
                    break;
            }

            foreach (var filter in filters)
            {
                if (filter.ToString().StartsWith("Level", StringComparison.Ordinal) && writer.Attributes.Count < 2)
                {
                    continue;
                }

                var expected = writer.SelectUserKeysBySql(filter, TestContext.Current.CancellationToken);
                Assert.Equal(expected, reader.SelectUsers(filter, TestContext.Current.CancellationToken).ToArray());
                Assert.Equal(expected, writer.SelectUsers(filter, TestContext.Current.CancellationToken).ToArray());
            }
        }
    }

    [Fact]
    public void Many_distinct_values_are_scanned_and_few_are_joined_from_bitmaps()
    {
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["db"]);
        database.RegisterAttribute("Code", AttributeType.Number, isIndexed: true);
        File.WriteAllLines(folder["codes.csv"], ["user,code", .. Enumerable.Range(0, 1_000).Select(i => $"u{i},{i}")]);
        database.ImportAttributes(folder["codes.csv"], new AttributeMapping { Attributes = [new AttributeColumn("code", "Code", AttributeType.Number)] }, TestContext.Current.CancellationToken);

        Assert.Equal(299, database.SelectUsers(UserFilter.Parse("Code gt 700"), TestContext.Current.CancellationToken).Count);
        Assert.Equal(2, database.SelectUsers(UserFilter.Parse("Code in (7,8,5000)"), TestContext.Current.CancellationToken).Count);
        Assert.Equal(999, database.SelectUsers(UserFilter.Parse("Code ne 7"), TestContext.Current.CancellationToken).Count);
    }

    [Fact]
    public void A_repeated_filter_answers_with_the_same_set_until_something_changes()
    {
        var filter = UserFilter.Parse("Country eq 'France' or Age gt 0");
        var first = people.Database.SelectUsers(filter, TestContext.Current.CancellationToken);

        Assert.Same(first, people.Database.SelectUsers(UserFilter.Parse(" Country eq 'France' or (Age gt 0)"), TestContext.Current.CancellationToken));
    }
}
