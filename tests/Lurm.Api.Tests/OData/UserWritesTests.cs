using Lurm.Store;

namespace Lurm.Api.Tests.OData;

public sealed class UserWritesTests : IAsyncLifetime
{
    private readonly Shop _shop = new();
    private Server _server = null!;

    public async ValueTask InitializeAsync() => _server = await Server.StartAsync(_shop);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _shop.Dispose();
    }

    [Fact]
    public async Task A_patch_sets_registered_attributes_and_changes_the_tag()
    {
        var before = (await _server.GetAsync("odata/Users('u001')")).Headers["ETag"];

        var answer = await _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", """{"Country":"Peru","Age":null,"Joined":"2020-02-02T00:00:00Z"}""", ("If-Match", before));

        Assert.Equal(204, answer.Status);
        Assert.NotEqual(before, answer.Headers["ETag"]);
        var user = (await _server.GetAsync("odata/Users('u001')")).Json;
        Assert.Equal("Peru", user.GetProperty("Country").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, user.GetProperty("Age").ValueKind);
        Assert.Equal(["u001"], (await _server.GetAsync("odata/Users?$filter=Country eq 'Peru'")).Ids);
    }

    [Fact]
    public async Task A_stale_tag_is_refused_with_412_and_changes_nothing()
    {
        var stale = (await _server.GetAsync("odata/Users('u001')")).Headers["ETag"];
        await _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", """{"Country":"Peru"}""");

        var answer = await _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", """{"Country":"Chile"}""", ("If-Match", stale));

        Assert.Equal(412, answer.Status);
        Assert.Equal("Peru", (await _server.GetAsync("odata/Users('u001')/Country/$value")).Text);
        Assert.Equal(412, (await _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", """{"Country":"Chile"}""", ("If-None-Match", "*"))).Status);
        Assert.Equal(412, (await _server.SendAsync(HttpMethod.Patch, "odata/Users('new')", """{"Country":"Chile"}""", ("If-Match", "*"))).Status);
        Assert.Equal(304, (await _server.GetAsync("odata/Users('u002')", ("If-None-Match", (await _server.GetAsync("odata/Users('u002')")).Headers["ETag"]))).Status);
    }

    [Fact]
    public async Task A_patch_of_a_user_nobody_knows_makes_one()
    {
        var answer = await _server.SendAsync(HttpMethod.Patch, "odata/Users('o''hara%2F1')", """{"Country":"Peru"}""");

        Assert.Equal(201, answer.Status);
        Assert.Equal("o'hara/1", answer.Json.GetProperty("Id").GetString());
        Assert.Equal("Peru", (await _server.GetAsync(answer.Headers["Location"])).Json.GetProperty("Country").GetString());
    }

    [Fact]
    public async Task A_patch_that_makes_a_user_without_an_answer_says_which()
    {
        var made = await _server.SendAsync(HttpMethod.Patch, "odata/Users('o''hara%2F1')", """{"Country":"Peru"}""", ("Prefer", "return=minimal"));
        var changed = await _server.SendAsync(HttpMethod.Patch, "odata/Users('o''hara%2F1')", """{"Country":"Chile"}""");

        Assert.Equal((204, 204), (made.Status, changed.Status));
        Assert.Equal("o'hara/1", (await _server.GetAsync(made.Headers["OData-EntityId"])).Json.GetProperty("Id").GetString());
        Assert.False(changed.Headers.ContainsKey("OData-EntityId"));
    }

    /// <summary>Quotes at the ends were cut off, and those inside came twice.</summary>
    [Fact]
    public async Task A_raw_value_is_the_text_as_it_is()
    {
        await _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", """{"Country":"'it's' O'"}""");

        Assert.Equal("'it's' O'", (await _server.GetAsync("odata/Users('u001')/Country/$value")).Text);
        Assert.Equal("21.0", (await _server.GetAsync("odata/Users('u001')/Age/$value")).Text);
    }

    /// <summary>All periods of a user came in one answer, however many.</summary>
    [Fact]
    public async Task A_long_history_comes_in_pages()
    {
        const int Months = 110;
        var first = new DateTimeOffset(2015, 1, 5, 0, 0, 0, TimeSpan.Zero);
        _shop.Lurm.Ingest(Enumerable.Range(0, Months).Select(month => new BehaviourEvent { User = "o'hara/1", Item = "tea-1", Time = first.AddMonths(month) }), "long", cancellationToken: TestContext.Current.CancellationToken);
        const string Path = "odata/Users('o''hara%2F1')/Periods?$count=true&$select=Start";

        var page = await _server.GetAsync(Path);
        var rest = await _server.GetAsync(page.NextLink!);

        Assert.Equal((100, 10), (Starts(page).Length, Starts(rest).Length));
        Assert.Equal((Months, Months), (page.Json.GetProperty("@odata.count").GetInt32(), rest.Json.GetProperty("@odata.count").GetInt32()));
        Assert.Null(rest.NextLink);
        Assert.Equal(Enumerable.Range(0, Months).Select(month => $"{first.AddMonths(month):yyyy-MM}-01"), [.. Starts(page), .. Starts(rest)]);

        var few = await _server.GetAsync(Path + "&$top=7&$skip=2", ("Prefer", "odata.maxpagesize=5"));
        var last = await _server.GetAsync(few.NextLink!, ("Prefer", "odata.maxpagesize=5"));
        Assert.Equal(["2015-08-01", "2015-09-01"], Starts(last));
        Assert.Null(last.NextLink);
        Assert.Equal(400, (await _server.GetAsync(Path + "&$skiptoken=forged")).Status);

        static string[] Starts(Server.Answer answer) => [.. answer.Json.GetProperty("value").EnumerateArray().Select(period => period.GetProperty("Start").GetString()!)];
    }

    [Theory]
    [InlineData("""{"Countri":"Peru"}""", "Countri")]
    [InlineData("""{"Country":5}""", "Country")]
    [InlineData("""{"Age":"old"}""", "Age")]
    [InlineData("""{"Joined":"yesterday"}""", "Joined")]
    [InlineData("""{"EventCount":5}""", "EventCount")]
    [InlineData("""{}""", "attribute")]
    [InlineData("""[1]""", "object")]
    [InlineData("""{"Country":""", "JSON")]
    public async Task A_patch_that_makes_no_sense_is_refused(string body, string named)
    {
        var answer = await _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", body);

        Assert.Equal(400, answer.Status);
        Assert.Contains(named, answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("Germany", (await _server.GetAsync("odata/Users('u001')/Country/$value")).Text);
    }

    [Fact]
    public async Task A_deleted_user_is_gone_from_every_answer_and_stays_away()
    {
        Assert.Equal(204, (await _server.SendAsync(HttpMethod.Delete, "odata/Users('u003')", null)).Status);

        Assert.Equal(404, (await _server.GetAsync("odata/Users('u003')")).Status);
        Assert.DoesNotContain("u003", (await _server.GetAsync("odata/Users?$top=10")).Ids);
        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Delete, "odata/Users('u003')", null)).Status);
        Assert.Equal(409, (await _server.SendAsync(HttpMethod.Patch, "odata/Users('u003')", """{"Country":"Peru"}""")).Status);
    }

    [Fact]
    public async Task Erase_takes_ids_or_a_filter()
    {
        var byId = await _server.PostAsync("odata/Users/Lurm.Erase", """{"users":["u000","u001","nobody"]}""");
        Assert.Equal((2, 1), (byId.Json.GetProperty("Users").GetInt32(), byId.Json.GetProperty("UnknownIds").GetInt32()));

        var byFilter = await _server.PostAsync("odata/Users/Lurm.Erase", """{"filter":"Country eq 'France'"}""");
        Assert.Equal((Shop.Users / 3) - 1, byFilter.Json.GetProperty("Users").GetInt32());
        Assert.Equal("0", (await _server.GetAsync("odata/Users/$count?$filter=Country eq 'France'")).Text);

        Assert.Equal(400, (await _server.PostAsync("odata/Users/Lurm.Erase", "{}")).Status);
        Assert.Equal(400, (await _server.PostAsync("odata/Users/Lurm.Erase", """{"users":["u9"],"filter":"Age gt 1"}""")).Status);
        Assert.Equal(400, (await _server.PostAsync("odata/Users/Lurm.Erase", """{"user":["u9"]}""")).Status);
    }

    [Fact]
    public async Task The_model_changes_when_the_registry_does()
    {
        Assert.Equal(400, (await _server.GetAsync("odata/Users?$select=Id,Shoes")).Status);

        _shop.Lurm.RegisterAttribute("Shoes", AttributeType.Number);
        _shop.Lurm.SetAttributes("u001", new Dictionary<string, object?> { ["Shoes"] = 44.5 });

        Assert.Contains("<Property Name=\"Shoes\" Type=\"Edm.Double\" />", (await _server.GetAsync("odata/$metadata")).Text, StringComparison.Ordinal);
        Assert.Equal(44.5, (await _server.GetAsync("odata/Users?$filter=Shoes gt 44&$select=Shoes")).Json.GetProperty("value")[0].GetProperty("Shoes").GetDouble());
    }

    [Fact]
    public async Task A_batch_in_JSON_answers_each_request_as_if_it_came_alone()
    {
        var answer = await _server.PostAsync("odata/$batch", """
            {"requests":[
              {"id":"1","method":"GET","url":"Users('u001')?$select=Id,Country"},
              {"id":"2","method":"PATCH","url":"Users('u002')","headers":{"content-type":"application/json"},"body":{"Country":"Peru"}},
              {"id":"3","method":"GET","url":"Users('nobody')"},
              {"id":"4","method":"GET","url":"Users/$count?$filter=Country eq 'Peru'"}]}
            """);

        Assert.Equal(200, answer.Status);
        var responses = answer.Json.GetProperty("responses").EnumerateArray().ToDictionary(response => response.GetProperty("id").GetString()!, response => response);
        Assert.Equal([200, 204, 404, 200], ((string[])["1", "2", "3", "4"]).Select(id => responses[id].GetProperty("status").GetInt32()));
        Assert.Equal("Germany", responses["1"].GetProperty("body").GetProperty("Country").GetString());
        Assert.Equal("Peru", (await _server.GetAsync("odata/Users('u002')/Country/$value")).Text);
    }

    [Fact]
    public async Task A_batch_with_a_group_of_several_writes_is_refused_before_the_first_is_done()
    {
        var answer = await _server.PostAsync("odata/$batch", """
            {"requests":[
              {"id":"1","atomicityGroup":"g","method":"PATCH","url":"Users('u001')","headers":{"content-type":"application/json"},"body":{"Country":"Peru"}},
              {"id":"2","atomicityGroup":"g","method":"PATCH","url":"Users('u002')","headers":{"content-type":"application/json"},"body":{"Shoes":1}}]}
            """);

        Assert.Equal(400, answer.Status);
        Assert.Equal("Germany", (await _server.GetAsync("odata/Users('u001')/Country/$value")).Text);
    }

    [Fact]
    public async Task A_request_of_a_batch_that_depends_on_a_failed_one_is_not_done()
    {
        var answer = await _server.PostAsync("odata/$batch", """
            {"requests":[
              {"id":"1","method":"PATCH","url":"Users('u001')","headers":{"content-type":"application/json"},"body":{"Shoes":1}},
              {"id":"2","dependsOn":["1"],"method":"PATCH","url":"Users('u002')","headers":{"content-type":"application/json"},"body":{"Country":"Peru"}},
              {"id":"3","dependsOn":["2"],"method":"GET","url":"Users('u002')"}]}
            """);

        Assert.Equal([400, 424, 424], answer.Json.GetProperty("responses").EnumerateArray().Select(response => response.GetProperty("status").GetInt32()));
        Assert.NotEqual("Peru", (await _server.GetAsync("odata/Users('u002')/Country/$value")).Text);
    }

    [Fact]
    public async Task Of_many_writers_with_the_same_tag_one_writes()
    {
        var tag = (await _server.GetAsync("odata/Users('u001')")).Headers["ETag"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", $$"""{"Age":{{n}}}""", ("If-Match", tag))));

        Assert.Single(answers, answer => answer.Status == 204);
        Assert.Equal(15, answers.Count(answer => answer.Status == 412));
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => _server.SendAsync(HttpMethod.Patch, "odata/Users('new')", $$"""{"Age":{{n}}}""", ("If-None-Match", "*"))));
        Assert.Single(made, answer => answer.Status == 201);
        Assert.Equal(15, made.Count(answer => answer.Status == 412));
    }

    [Theory]
    [InlineData("return=representation", 200)]
    [InlineData("return=minimal", 204)]
    public async Task A_preference_for_the_answer_of_a_patch_is_said_to_be_applied(string preference, int status)
    {
        var answer = await _server.SendAsync(HttpMethod.Patch, "odata/Users('u001')", """{"Age":5}""", ("Prefer", preference));

        Assert.Equal((status, preference), (answer.Status, answer.Headers["Preference-Applied"]));
        Assert.Equal("odata.maxpagesize=2", (await _server.GetAsync("odata/Users", ("Prefer", "odata.maxpagesize=2"))).Headers["Preference-Applied"]);
    }

    [Fact]
    public async Task No_fault_names_the_folder_of_the_server()
    {
        var seeds = string.Join(',', Enumerable.Range(0, 30).Select(n => $"\"nobody{n}\""));
        Server.Answer[] answers =
        [
            await _server.GetAsync("odata/Users('nobody')/Lurm.Similar(k=2)"),
            await _server.PostAsync("odata/Users/Lurm.SimilarTo", """{"user":"nobody"}"""),
            await _server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":[{{seeds}}]}"""),
            await _server.PostAsync("odata/Users/Lurm.Lookalike", """{"audienceId":"nobody"}"""),
        ];

        Assert.All(answers, answer =>
        {
            Assert.InRange(answer.Status, 400, 404);
            Assert.DoesNotContain(_shop.Lurm.Folder, answer.ErrorMessage, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_batch_in_multipart_is_answered_in_multipart()
    {
        var body = string.Join("\r\n", "--b1", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "", "GET Users('u001')?$select=Id HTTP/1.1", "Host: localhost", "", "", "--b1--", "");

        var answer = await _server.SendAsync(HttpMethod.Post, "odata/$batch", body, ("Content-Type", "multipart/mixed;boundary=b1"));

        Assert.Equal(200, answer.Status);
        Assert.StartsWith("multipart/mixed", answer.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 OK", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"Id\":\"u001\"", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "application/json")]
    [InlineData("""{"requests":5}""", "application/json")]
    [InlineData("nonsense", "multipart/mixed")]
    [InlineData("nonsense", "text/plain")]
    public async Task A_batch_that_makes_no_sense_is_a_client_error(string body, string contentType)
    {
        var answer = await _server.SendAsync(HttpMethod.Post, "odata/$batch", body, ("Content-Type", contentType));

        Assert.InRange(answer.Status, 400, 415);
        Assert.NotEmpty(answer.ErrorMessage);
    }
}
