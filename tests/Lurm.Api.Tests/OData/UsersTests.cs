using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Lurm.Api.Tests.OData;

public sealed class UsersTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private Server Server => shop.Server;

    [Fact]
    public async Task The_service_document_lists_the_sets()
    {
        var answer = await Server.GetAsync("odata/");

        Assert.Equal(200, answer.Status);
        Assert.Equal("4.0", answer.Headers["OData-Version"]);
        Assert.Equal(
            ["Users", "Audiences", "Interests", "Items", "Models", "Operations"],
            answer.Json.GetProperty("value").EnumerateArray().Select(set => set.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_filter_selects_users_and_a_count_counts_them_all()
    {
        var answer = await Server.GetAsync("odata/Users?$filter=Country eq 'France' and Age ge 30&$count=true&$top=3&$select=Id,Country");

        var expected = Enumerable.Range(0, Shop.Users).Where(user => user % 3 == 0 && 20 + (user % 50) >= 30).ToArray();
        Assert.Equal(200, answer.Status);
        Assert.Equal(expected.Length, answer.Json.GetProperty("@odata.count").GetInt32());
        Assert.Equal(expected.Take(3).Select(Shop.Id), answer.Ids);
        Assert.EndsWith("/odata/$metadata#Users(Id,Country)", answer.Json.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);
        var row = answer.Json.GetProperty("value")[0];
        Assert.Equal(["@odata.etag", "Id", "Country"], row.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_or_a_repeat()
    {
        var seen = new List<string>();
        var pages = 0;
        var next = "odata/Users?$orderby=Country desc,Age&$select=Id";
        while (next is not null)
        {
            var answer = await Server.GetAsync(next, ("Prefer", "odata.maxpagesize=50"));
            Assert.Equal(200, answer.Status);
            seen.AddRange(answer.Ids);
            next = answer.NextLink;
            pages++;
        }

        var expected = Enumerable.Range(0, Shop.Users).OrderByDescending(Shop.CountryOf, StringComparer.Ordinal).ThenBy(user => user % 50).Select(Shop.Id);
        Assert.Equal(5, pages);
        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Top_is_kept_across_pages()
    {
        var first = await Server.GetAsync("odata/Users?$top=70", ("Prefer", "odata.maxpagesize=50"));
        var second = await Server.GetAsync(first.NextLink!, ("Prefer", "odata.maxpagesize=50"));

        Assert.Equal(50, first.Ids.Length);
        Assert.Equal(20, second.Ids.Length);
        Assert.Null(second.NextLink);
        Assert.Equal(Enumerable.Range(0, 70).Select(Shop.Id), [.. first.Ids, .. second.Ids]);
    }

    [Fact]
    public async Task Skip_leaves_users_out_and_top_0_gives_none()
    {
        Assert.Equal(Enumerable.Range(200, 5).Select(Shop.Id), (await Server.GetAsync("odata/Users?$skip=200&$top=5")).Ids);
        var none = await Server.GetAsync("odata/Users?$top=0&$count=true");
        Assert.Empty(none.Ids);
        Assert.Equal(Shop.Users, none.Json.GetProperty("@odata.count").GetInt32());
        Assert.Equal(Shop.Users.ToString(System.Globalization.CultureInfo.InvariantCulture), (await Server.GetAsync("odata/Users/$count")).Text);
    }

    [Fact]
    public async Task One_user_has_all_declared_properties_with_their_types()
    {
        var user = (await Server.GetAsync("odata/Users('u004')")).Json;

        Assert.Equal("Germany", user.GetProperty("Country").GetString());
        Assert.Equal(24.0, user.GetProperty("Age").GetDouble());
        Assert.True(user.GetProperty("IsMember").GetBoolean());
        Assert.Equal(new DateTimeOffset(2025, 1, 1, 12, 0, 0, TimeSpan.Zero), user.GetProperty("Joined").GetDateTimeOffset());
        Assert.Equal(6, user.GetProperty("EventCount").GetInt64());
        Assert.Equal(2, user.GetProperty("PeriodCount").GetInt32());
        Assert.False(user.TryGetProperty("Representation", out _));
        Assert.Equal("Germany", (await Server.GetAsync("odata/Users/u004/Country")).Json.GetProperty("value").GetString());
        Assert.Equal("Germany", (await Server.GetAsync("odata/Users('u004')/Country/$value")).Text);
    }

    [Fact]
    public async Task A_history_is_its_periods_oldest_first()
    {
        var answer = await Server.GetAsync("odata/Users('u004')/Periods");

        Assert.Equal(200, answer.Status);
        var periods = answer.Json.GetProperty("value").EnumerateArray().ToArray();
        Assert.Equal(["2025-01-01", "2025-02-01"], periods.Select(period => period.GetProperty("Start").GetString()));
        Assert.Equal(6, periods.Sum(period => period.GetProperty("Events").GetDouble()));
        var items = periods.SelectMany(period => period.GetProperty("Items").EnumerateArray()).ToArray();
        Assert.All(items, item => Assert.StartsWith("tea-", item.GetProperty("Item").GetString(), StringComparison.Ordinal));
        Assert.Contains(items, item => item.GetProperty("Kind").GetString() == "view");
    }

    [Theory]
    [InlineData("odata/Users?$filter=Nope eq 1", "Nope")]
    [InlineData("odata/Users?$filter=Country eq", "filter")]
    [InlineData("odata/Users?$filter=Age eq 'old'", "Age")]
    [InlineData("odata/Users?$select=Nope", "Nope")]
    [InlineData("odata/Users?$orderby=Nope", "Nope")]
    [InlineData("odata/Users?$top=-1", "$top")]
    [InlineData("odata/Users?$top=many", "$top")]
    [InlineData("odata/Users?$count=maybe", "$count")]
    [InlineData("odata/Users?$skiptoken=forged", "token")]
    [InlineData("odata/Users?$expand=Periods", "$expand")]
    [InlineData("odata/Users?$apply=aggregate($count as N)", "$apply")]
    [InlineData("odata/Users?$top=1&$top=2", "$top")]
    [InlineData("odata/Users('u001')/Lurm.Similar(k=0)", "k")]
    [InlineData("odata/Users('u001')/Lurm.Similar(k=99999999)", "k")]
    public async Task What_makes_no_sense_is_a_400_that_names_it(string path, string named)
    {
        var answer = await Server.GetAsync(path);

        Assert.Equal(400, answer.Status);
        Assert.Contains(named, answer.ErrorMessage + (answer.Json.GetProperty("error").TryGetProperty("target", out var target) ? target.GetString() : null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("odata/Users('nobody')", 404)]
    [InlineData("odata/Nope", 404)]
    [InlineData("odata/Users('u001')/Nope", 404)]
    [InlineData("odata/Users('u001')/Lurm.Nope(k=1)", 404)]
    [InlineData("odata/Users('u001')/Lurm.Similar(k='x')", 400)]
    [InlineData("odata/Users(", 400)]
    public async Task What_is_not_there_is_an_OData_error(string path, int status)
    {
        var answer = await Server.GetAsync(path);

        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.ErrorMessage);
    }

    [Theory]
    [InlineData("odata/Users?$filter=Nope eq 1")]
    [InlineData("odata/Users('x')/Lurm.Similar(k=1)")]
    [InlineData("odata/%00")]
    [InlineData("odata/Users('%')")]
    [InlineData("odata/$batch")]
    [InlineData("odata/Users?$filter=not not not not not not not not not not not not not not not not not not not not not not Age eq 1")]
    public async Task No_answer_ever_holds_a_stack_trace(string path)
    {
        var answer = await Server.GetAsync(path);

        Assert.InRange(answer.Status, 400, 499);
        Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("stacktrace", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("innererror", answer.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Sets in memory knew no bound of terms, and counted a long chain of one operator as depth.</summary>
    [Theory]
    [InlineData(99, 200)]
    [InlineData(100, 400)]
    public async Task A_filter_of_more_than_a_hundred_terms_is_refused_by_every_set(int comparisons, int status)
    {
        var users = await Server.GetAsync($"odata/Users?$filter={string.Join(" or ", Enumerable.Repeat("Age eq 1", comparisons))}");
        var items = await Server.GetAsync($"odata/Items?$filter={string.Join(" or ", Enumerable.Repeat("Interest eq 1", comparisons))}");

        Assert.Equal((status, status), (users.Status, items.Status));
    }

    /// <summary>The service's path was looked for from the left, and found in the path above it.</summary>
    [Fact]
    public async Task A_path_above_the_service_may_begin_like_it()
    {
        using var own = new Shop();
        await using var app = LurmApplication.Build(own.Lurm, ["http://127.0.0.1:0"]);
        app.UsePathBase("/odata-of-france");
        app.UseRouting();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        var user = await client.GetStringAsync("/odata-of-france/odata/Users('u001')", TestContext.Current.CancellationToken);

        Assert.Equal("u001", JsonDocument.Parse(user).RootElement.GetProperty("Id").GetString());
        await app.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_method_that_is_not_possible_says_which_are()
    {
        var answer = await Server.PostAsync("odata/Users", "{}");

        Assert.Equal(405, answer.Status);
        Assert.Equal("GET", answer.Headers["Allow"]);
    }

    [Fact]
    public async Task Metadata_comes_as_xml_and_as_json_and_more_formats_do_not()
    {
        Assert.StartsWith("application/xml", (await Server.GetAsync("odata/$metadata")).Headers["Content-Type"], StringComparison.Ordinal);
        Assert.StartsWith("application/json", (await Server.GetAsync("odata/$metadata?$format=json")).Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(406, (await Server.GetAsync("odata/Users", ("Accept", "image/png"))).Status);
        Assert.Equal(JsonValueKind.Object, (await Server.GetAsync("odata/Users?$top=1", ("Accept", "application/json;odata.metadata=full"))).Json.ValueKind);
    }
}
