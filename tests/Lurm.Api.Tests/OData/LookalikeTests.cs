using System.Globalization;
using System.Text.Json;
using Lurm.Api.Security;
using Lurm.Api.Tests.Commands;

namespace Lurm.Api.Tests.OData;

public sealed class LookalikeTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private Server Server => shop.Server;

    private static string Seeds(int count) => JsonSerializer.Serialize(Enumerable.Range(0, count).Select(user => Shop.Id(2 * user)));

    [Fact]
    public async Task An_audience_of_tea_drinkers_is_found_from_some_of_them()
    {
        var answer = await Server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(30)}},"size":60,"explain":true}""");

        Assert.Equal(200, answer.Status);
        var result = answer.Json;
        Assert.EndsWith("$metadata#Lurm.LookalikeResult", result.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);
        Assert.Equal((30, 0, 60), (result.GetProperty("MatchedSeeds").GetInt32(), result.GetProperty("UnmatchedSeeds").GetInt32(), result.GetProperty("MemberCount").GetInt32()));
        var members = Members(result);
        Assert.Equal(60, members.Length);
        Assert.All(members, id => Assert.Equal(0, int.Parse(id[1..], CultureInfo.InvariantCulture) % 2));
        Assert.NotEmpty(result.GetProperty("RelevanceCurve").EnumerateArray());
        Assert.StartsWith("Tea", result.GetProperty("TopInterests")[0].GetProperty("Label").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(result.GetProperty("ModelId").GetString()!);
    }

    [Fact]
    public async Task A_selection_of_the_result_leaves_the_rest_out()
    {
        var answer = await Server.PostAsync("odata/Users/Lurm.Lookalike?$select=MemberCount,RelevanceCurve", $$"""{"seeds":{{Seeds(30)}},"size":60}""");

        Assert.Equal(["@odata.context", "MemberCount", "RelevanceCurve"], answer.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(400, (await Server.PostAsync("odata/Users/Lurm.Lookalike?$select=Shoes", $$"""{"seeds":{{Seeds(30)}},"size":60}""")).Status);
    }

    [Fact]
    public async Task A_page_of_an_operation_that_was_cut_by_the_server_has_a_next_link()
    {
        var first = await Server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(30)}},"size":60}""", ("Prefer", "odata.maxpagesize=10"));
        var members = first.Json.GetProperty("Members@odata.nextLink").GetString()!.Split('?')[0];
        var page = await Server.GetAsync(members + "?$top=25", ("Prefer", "odata.maxpagesize=20"));
        var last = await Server.GetAsync(page.NextLink!, ("Prefer", "odata.maxpagesize=20"));

        Assert.Equal((20, 5), (page.Ids.Length, last.Ids.Length));
        Assert.Null(last.NextLink);
    }

    [Fact]
    public async Task Members_beyond_the_first_page_follow_by_next_links()
    {
        var first = await Server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(30)}},"size":75}""", ("Prefer", "odata.maxpagesize=30"));
        var members = Members(first.Json).ToList();
        Assert.Equal(30, members.Count);
        var next = first.Json.GetProperty("Members@odata.nextLink").GetString();
        while (next is not null)
        {
            var page = await Server.GetAsync(next, ("Prefer", "odata.maxpagesize=30"));
            Assert.Equal(200, page.Status);
            members.AddRange(page.Ids);
            next = page.NextLink;
        }

        Assert.Equal(75, members.Count);
        Assert.Equal(75, members.Distinct().Count());
    }

    [Fact]
    public async Task Asked_to_respond_async_it_gives_an_operation_to_look_at()
    {
        var answer = await Server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(30)}},"size":60}""", ("Prefer", "respond-async"));

        Assert.Equal(202, answer.Status);
        var location = answer.Headers["Operation-Location"];
        JsonElement operation;
        do
        {
            operation = (await Server.GetAsync(location)).Json;
        }
        while (operation.GetProperty("State").GetString() == "Running");

        Assert.Equal("Succeeded", operation.GetProperty("State").GetString());
        Assert.Equal(60, operation.GetProperty("Result").GetProperty("Members").GetArrayLength());
        Assert.Equal(60, (await Server.GetAsync(location + "/Members?$count=true")).Json.GetProperty("@odata.count").GetInt32());
        Assert.Contains(operation.GetProperty("Id").GetString(), (await Server.GetAsync("odata/Operations?$filter=State eq 'Succeeded'")).Ids);
        Assert.Equal(204, (await Server.SendAsync(HttpMethod.Delete, location, null)).Status);
        Assert.Equal(404, (await Server.GetAsync(location)).Status);
    }

    [Fact]
    public async Task Too_few_seeds_or_members_are_refused_so_that_no_audience_describes_a_person()
    {
        var seeds = await Server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(24)}},"size":60}""");
        Assert.Equal(400, seeds.Status);
        Assert.Contains("25", seeds.ErrorMessage, StringComparison.Ordinal);

        var members = await Server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(30)}},"size":49}""");
        Assert.Equal(400, members.Status);
        Assert.Contains("50", members.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erased_members_leave_the_pages_that_are_not_fetched_yet()
    {
        using var own = new Shop();
        await using var server = await Server.StartAsync(own);
        var first = await server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(30)}},"size":60}""", ("Prefer", "odata.maxpagesize=20"));
        var next = first.Json.GetProperty("Members@odata.nextLink").GetString()!;
        var before = (await server.GetAsync(next, ("Prefer", "odata.maxpagesize=20"))).Ids;

        own.Lurm.Erase([before[0]], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(before[1..], (await server.GetAsync(next, ("Prefer", "odata.maxpagesize=20"))).Ids);
        var members = next.Split('?')[0];
        Assert.Equal(59, (await server.GetAsync(members + "?$count=true")).Json.GetProperty("@odata.count").GetInt32());
        var operation = await server.GetAsync(members[..members.LastIndexOf('/')]);
        Assert.Equal(59, operation.Json.GetProperty("Result").GetProperty("MemberCount").GetInt32());
    }

    /// <summary>Tokens counted rows: an audience saved meanwhile repeated a row, one deleted hid one.</summary>
    [Fact]
    public async Task Pages_of_audiences_neither_repeat_nor_hide_one_while_others_come_and_go()
    {
        using var own = new Shop();
        await using var server = await Server.StartAsync(own);
        foreach (var id in (string[])["b", "c", "d", "e", "f"])
        {
            await server.PostAsync("odata/Audiences/Lurm.Save", $$"""{"id":"{{id}}","seeds":{{Seeds(30)}},"size":51}""");
        }

        var first = await server.GetAsync("odata/Audiences?$select=Id", ("Prefer", "odata.maxpagesize=2"));
        await server.PostAsync("odata/Audiences/Lurm.Save", $$"""{"id":"a","seeds":{{Seeds(30)}},"size":51}""");
        var second = await server.GetAsync(first.NextLink!, ("Prefer", "odata.maxpagesize=2"));
        await server.SendAsync(HttpMethod.Delete, "odata/Audiences('e')", null);
        var third = await server.GetAsync(second.NextLink!, ("Prefer", "odata.maxpagesize=2"));

        Assert.Equal(["b", "c"], first.Ids);
        Assert.Equal(["d", "e"], second.Ids);
        Assert.Equal(["f"], third.Ids);
        Assert.Equal(400, (await server.GetAsync("odata/Audiences?$skiptoken=7")).Status);
    }

    [Fact]
    public async Task A_link_from_before_a_refresh_is_refused_rather_than_mixed_with_another_ranking()
    {
        using var own = new Shop();
        await using var server = await Server.StartAsync(own);
        await server.PostAsync("odata/Audiences/Lurm.Save", $$"""{"id":"a1","seeds":{{Seeds(30)}},"size":60}""");
        var first = await server.GetAsync("odata/Audiences('a1')/Members", ("Prefer", "odata.maxpagesize=20"));
        Assert.Equal(20, (await server.GetAsync(first.NextLink!, ("Prefer", "odata.maxpagesize=20"))).Ids.Length);

        var stale = System.Text.RegularExpressions.Regex.Replace(first.NextLink!, "%3A[0-9]+", "%3A638000000000000000");
        var refused = await server.GetAsync(stale);

        Assert.Equal(400, refused.Status);
        Assert.Contains("refreshed", refused.ErrorMessage, StringComparison.Ordinal);
    }

    /// <summary>The floor looked at how many there had been.</summary>
    [Fact]
    public async Task Erased_members_of_a_saved_audience_are_neither_counted_nor_hide_that_it_is_too_small()
    {
        using var own = new Shop();
        await using var server = await Server.StartAsync(own);
        await server.PostAsync("odata/Audiences/Lurm.Save", $$"""{"id":"a1","seeds":{{Seeds(30)}},"size":51}""");
        var members = (await server.GetAsync("odata/Audiences('a1')/Members?$count=true")).Ids;

        own.Lurm.Erase([members[0]], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(50, (await server.GetAsync("odata/Audiences('a1')/Members?$count=true")).Json.GetProperty("@odata.count").GetInt32());
        Assert.Equal(50, (await server.GetAsync("odata/Audiences('a1')")).Json.GetProperty("MemberCount").GetInt32());
        own.Lurm.Erase([members[1]], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(403, (await server.GetAsync("odata/Audiences('a1')/Members")).Status);
    }

    [Fact]
    public async Task An_audience_of_an_infinite_score_is_refused_and_not_a_fault_of_the_server()
    {
        var answer = await Server.PostAsync("odata/Audiences/Lurm.Save", """{"id":"infinite","seedFilter":"Age gt 1","minScore":1e999}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains("minScore", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_role_aggregate_sees_counts_and_curves_and_nobody()
    {
        using var own = new Shop();
        var key = (await Cli.InvokeAsync("key", own.Files["keys.txt"], "counts", "--role", "aggregate")).Output.Trim();
        await using var server = await Server.StartAsync(own, options => options.ApiKeysFile = own.Files["keys.txt"]);

        var answer = await server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{Seeds(30)}},"size":60}""", (Authenticator.ApiKeyHeader, key), ("Prefer", "odata.maxpagesize=10"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(60, answer.Json.GetProperty("MemberCount").GetInt32());
        Assert.Empty(answer.Json.GetProperty("Members").EnumerateArray());
        Assert.Empty(answer.Json.GetProperty("UnmatchedSeedIds").EnumerateArray());
        Assert.False(answer.Json.TryGetProperty("Members@odata.nextLink", out _));
        Assert.DoesNotContain("\"u0", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"size":60}""", "exactly one")]
    [InlineData("""{"seeds":["a"],"seedFilter":"Age gt 1"}""", "exactly one")]
    [InlineData("""{"seedFilter":"Age gt 1","size":60,"percent":1}""", "percent")]
    [InlineData("""{"seedFilter":"Age gt 1","size":0}""", "size")]
    [InlineData("""{"seedFilter":"Age gt 1","percent":0}""", "percent")]
    [InlineData("""{"seedFilter":"Age gt 1","band":{"from":2,"to":1}}""", "band")]
    [InlineData("""{"seedFilter":"Age gt 1","band":{"from":"1","to":2}}""", "band")]
    [InlineData("""{"seedFilter":"Age gt 1","band":{"from":1,"to":1e999}}""", "band")]
    [InlineData("""{"seedFilter":"Age gt 1","minScore":1e999}""", "minScore")]
    [InlineData("""{"seedFilter":"Age gt 1","method":"magic"}""", "magic")]
    [InlineData("""{"seedFilter":"Nope gt 1","size":60}""", "Nope")]
    [InlineData("""{"seeds":[1],"size":60}""", "seeds")]
    [InlineData("""{"sedes":["a"]}""", "sedes")]
    public async Task A_body_that_makes_no_sense_is_refused_by_name(string body, string named)
    {
        var answer = await Server.PostAsync("odata/Users/Lurm.Lookalike", body);

        Assert.Equal(400, answer.Status);
        Assert.Contains(named, answer.ErrorMessage, StringComparison.Ordinal);
    }

    private static string[] Members(JsonElement result) => [.. result.GetProperty("Members").EnumerateArray().Select(member => member.GetProperty("Id").GetString()!)];
}
