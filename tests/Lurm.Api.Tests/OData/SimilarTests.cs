using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Lurm.Api.Tests.OData;

public sealed class SimilarTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private Server Server => shop.Server;

    [Fact]
    public async Task The_nearest_are_of_the_same_taste_and_never_the_user()
    {
        var answer = await Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=20)");

        Assert.Equal(20, answer.Ids.Length);
        Assert.DoesNotContain("u004", answer.Ids);
        Assert.All(answer.Ids, id => Assert.Equal(0, int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture) % 2));
        var scores = answer.Json.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("Score").GetSingle()).ToArray();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.InRange(scores[0], 0.5f, 1.0001f);
    }

    [Fact]
    public async Task The_filter_acts_before_the_search_and_top_beats_k()
    {
        var answer = await Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=2)?$filter=Country eq 'Norway' and IsMember eq true&$top=1000");

        // All of them, of both tastes: fewer than $top, so the filter ran before the cut.
        var expected = Enumerable.Range(0, Shop.Users).Where(user => user % 3 == 2 && user % 4 == 0 && user != 4).Select(Shop.Id).Order(StringComparer.Ordinal);
        Assert.Equal(expected, answer.Ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Skip_goes_down_the_ranking()
    {
        var all = (await Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=10)")).Ids;

        Assert.Equal(all[3..], (await Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=7)?$skip=3")).Ids);
    }

    [Fact]
    public async Task Shared_interests_come_where_they_are_selected()
    {
        var row = (await Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=1)?$select=Id,SharedInterests")).Json.GetProperty("value")[0];

        Assert.All(row.GetProperty("SharedInterests").EnumerateArray(), shared => Assert.StartsWith("Tea", shared.GetProperty("Label").GetString(), StringComparison.Ordinal));
        Assert.NotEmpty(row.GetProperty("SharedInterests").EnumerateArray());
    }

    [Fact]
    public async Task An_attribute_change_is_in_the_next_answer()
    {
        const string Path = "odata/Users('u004')/Lurm.Similar(k=300)?$filter=Country eq 'Samoa'";
        Assert.Empty((await Server.GetAsync(Path)).Ids);

        await Server.SendAsync(HttpMethod.Patch, "odata/Users('u010')", """{"Country":"Samoa"}""");

        Assert.Equal(["u010"], (await Server.GetAsync(Path)).Ids);
    }

    [Fact]
    public async Task Events_that_are_not_stored_find_users_too()
    {
        var answer = await Server.PostAsync("odata/Users/Lurm.SimilarTo", """
            {"events":[{"item":"tool-1","time":"2025-02-01T00:00:00Z"},{"item":"tool-2","time":"2025-02-02T00:00:00Z","kind":"buy","weight":2}],"k":10,"explain":true}
            """);

        Assert.Equal(200, answer.Status);
        Assert.Equal(10, answer.Ids.Length);
        Assert.All(answer.Ids, id => Assert.Equal(1, int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture) % 2));
        Assert.Equal(JsonValueKind.Array, answer.Json.GetProperty("value")[0].GetProperty("SharedInterests").ValueKind);
    }

    /// <summary>Title and category were refused, so that the text of a thing nobody has bought yet could not be guessed from.</summary>
    [Fact]
    public async Task An_event_is_what_it_is_everywhere_and_an_unknown_thing_is_known_by_its_text()
    {
        const string Event = """{"user":"somebody","item":"new-1","time":"2025-02-01T00:00:00Z","kind":"buy","weight":1,"title":"Tool number 4","category":"Tools","attributes":{"Country":"Peru"}}""";

        var answer = await Server.PostAsync("odata/Users/Lurm.SimilarTo", $$"""{"events":[{{Event}}],"k":10}""");

        Assert.Equal(200, answer.Status);
        Assert.All(answer.Ids, id => Assert.Equal(1, int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture) % 2));
        var nameless = await Server.PostAsync("odata/Users/Lurm.SimilarTo", """{"events":[{"item":"new-1","time":"2025-02-01T00:00:00Z","title":null,"category":null}],"k":10}""");
        Assert.Equal(400, nameless.Status);
    }

    /// <summary>Each event looked for its kind among all of them, one by one.</summary>
    [Theory]
    [InlineData(1_000, 200)]
    [InlineData(1_001, 400)]
    public async Task Events_of_more_kinds_than_a_batch_may_have_are_refused(int kinds, int status)
    {
        var events = string.Join(',', Enumerable.Range(0, kinds).Select(kind => $$"""{"item":"tea-1","time":"2025-02-01T00:00:00Z","kind":"k{{kind}}"}"""));

        var answer = await Server.PostAsync("odata/Users/Lurm.SimilarTo", $$"""{"events":[{{events}}],"k":5}""");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 400, answer.Text.Contains("kind of behaviour", StringComparison.Ordinal));
    }

    /// <summary>The option allowed more than a search gives, and what was between the two was a fault of the server.</summary>
    [Fact]
    public async Task As_many_are_given_as_the_option_may_allow()
    {
        Assert.Equal(200, (await Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=10000)")).Status);
        Assert.Equal(400, (await Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=10001)")).Status);

        using var own = new Shop();
        await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync(own, options => options.MaxSimilar = 10_001));
    }

    [Fact]
    public async Task A_users_own_vector_finds_the_user_first()
    {
        var vector = (await Server.GetAsync("odata/Users('u004')/Representation")).Json.GetProperty("value").GetRawText();

        var answer = await Server.PostAsync("odata/Users/Lurm.SimilarTo", $$"""{"vector":{{vector}},"k":300,"minScore":0.9999}""");

        Assert.Contains("u004", answer.Ids);
    }

    [Theory]
    [InlineData("""{}""", "user")]
    [InlineData("""{"user":"u001","vector":[1]}""", "one of the three")]
    [InlineData("""{"user":"u001","k":0}""", "k")]
    [InlineData("""{"user":"u001","kk":5}""", "kk")]
    [InlineData("""{"user":5}""", "user")]
    [InlineData("""{"vector":[1,"x"]}""", "vector")]
    [InlineData("""{"vector":[1]}""", "1")]
    [InlineData("""{"events":[{"item":"tea-1"}]}""", "time")]
    [InlineData("""{"events":[{"item":"tea-1","time":"yesterday"}]}""", "time")]
    [InlineData("""{"events":[{"item":"tea-1","time":"2025-02-01T00:00:00Z","title":5}]}""", "title")]
    [InlineData("""{"events":[{"item":"tea-1","time":"2025-02-01T00:00:00Z","weight":1e999}]}""", "weight")]
    [InlineData("""{"user":"u001","minScore":1e999}""", "minScore")]
    [InlineData("""{"user":"u001","filter":"Nope eq 1"}""", "Nope")]
    [InlineData("""{"user":"u001","recent":"yes"}""", "recent")]
    public async Task A_body_that_makes_no_sense_is_refused_by_name(string body, string named)
    {
        var answer = await Server.PostAsync("odata/Users/Lurm.SimilarTo", body);

        Assert.Equal(400, answer.Status);
        Assert.Contains(named, answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_nobody_knows_is_a_404() => Assert.Equal(404, (await Server.GetAsync("odata/Users('nobody')/Lurm.Similar(k=5)")).Status);
}
