using System.Text.Json;
using Lurm.Api.Security;
using Lurm.Api.Tests.Commands;
using Lurm.Store;

namespace Lurm.Api.Tests.Security;

/// <summary>What a caller with the role aggregate gets of lookalike queries and audiences: no field tells an exact count.</summary>
public sealed class AggregateTests : IAsyncLifetime
{
    /// <summary>Low, so that the small shop's curve reaches above it.</summary>
    private const int Floor = 20;

    private readonly Shop _shop = new();
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private Server _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Of them 10 are French, so 70 of the 80 French users can be members of an audience without its seeds.</summary>
    private static string[] Seeds { get; } = [.. Enumerable.Range(0, 30).Select(user => Shop.Id(2 * user))];

    private static string AskedForTooMany { get; } = $$"""{"seeds":{{JsonSerializer.Serialize(Seeds)}},"filter":"Country eq 'France' and Id ne 'u239'","size":200,"explain":true}""";

    public async ValueTask InitializeAsync()
    {
        var file = _shop.Files["keys.txt"];
        foreach (var role in (string[])["aggregate", "read"])
        {
            _keys[role] = (await Cli.InvokeAsync("key", file, role, "--role", role)).Output.Trim();
        }

        _server = await Server.StartAsync(_shop, options => (options.ApiKeysFile, options.MinimumMembers) = (file, Floor));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _shop.Dispose();
    }

    [Fact]
    public async Task Warnings_about_counts_are_for_readers()
    {
        var read = await PostAsync("read", AskedForTooMany);
        var aggregate = await PostAsync("aggregate", AskedForTooMany);

        Assert.Contains("70 users could be members", read.Text, StringComparison.Ordinal);
        Assert.Equal((200, 70), (aggregate.Status, aggregate.Json.GetProperty("MemberCount").GetInt32()));
        Assert.Empty(aggregate.Json.GetProperty("Warnings").EnumerateArray());
    }

    [Theory]
    [InlineData("3 users could be members; 200 were asked for", null)]
    [InlineData("only 7 seed users have a representation; from 25 on an audience begins to be reliable", null)]
    [InlineData("the seed users have no common taste: two of them are as alike (cosine 0.123) as any two users (0.122)", "the seed users have no common taste")]
    public void A_warning_keeps_what_it_says_without_a_number(string warning, string? told)
    {
        Assert.Equal(told is null ? [] : [told], AggregateCounts.Warnings(new Caller("a", LurmRole.Aggregate), [warning]));
        Assert.Equal([warning], AggregateCounts.Warnings(new Caller("r", LurmRole.Read), [warning]));
    }

    [Fact]
    public async Task Points_of_a_curve_are_rounded()
    {
        Check(await PostAsync("read", Body(60)), await PostAsync("aggregate", Body(60)));

        _shop.Lurm.SaveAudience("a1", new LookalikeQuery { Seeds = Seeds, Size = AudienceSize.Count(60), Explain = true }, cancellationToken: Token);
        Check(await GetAsync("read", "odata/Audiences('a1')"), await GetAsync("aggregate", "odata/Audiences('a1')"));

        static void Check(Server.Answer read, Server.Answer aggregate)
        {
            // 1, 2, 3, 5, 7.5, 10, 15 and 20 % of 240 users.
            Assert.Equal([3, 5, 8, 12, 18, 24, 36, 48], Numbers(read, "RelevanceCurve", "Members"));
            Assert.Equal([0, 0, 0, 0, 0, 20, 40, 50], Numbers(aggregate, "RelevanceCurve", "Members"));
            foreach (var (list, name) in (ReadOnlySpan<(string, string)>)[("RelevanceCurve", "Score"), ("TopInterests", "LogOdds")])
            {
                var exact = Numbers(read, list, name);
                Assert.Contains(exact, value => value != Math.Round(value, 2));
                Assert.Equal(exact.Select(value => Math.Round(value, 2)), Numbers(aggregate, list, name));
            }
        }
    }

    [Fact]
    public async Task An_audience_shows_neither_its_filter_nor_its_counts()
    {
        _shop.Lurm.SaveAudience("a1", new LookalikeQuery { Seeds = Seeds, Filter = UserFilter.Parse("Country eq 'France' and Id ne 'u003'"), Size = AudienceSize.Count(200) }, cancellationToken: Token);

        foreach (var path in (string[])["odata/Audiences('a1')", "odata/Audiences"])
        {
            var read = await GetAsync("read", path);
            var aggregate = await GetAsync("aggregate", path);
            Assert.Contains("u003", read.Text, StringComparison.Ordinal);
            Assert.Contains("69 users could be members", read.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("u003", aggregate.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("could be members", aggregate.Text, StringComparison.Ordinal);
        }

        Assert.Equal(69, (await GetAsync("read", "odata/Audiences('a1')")).Json.GetProperty("MemberCount").GetInt32());
        Assert.Equal(70, (await GetAsync("aggregate", "odata/Audiences('a1')")).Json.GetProperty("MemberCount").GetInt32());

        Assert.Empty((await GetAsync("aggregate", "odata/Audiences?$filter=contains(Filter,'u003')")).Ids);
    }

    [Fact]
    public async Task Refusals_do_not_say_how_far_below_the_floor_it_was()
    {
        var seeds = JsonSerializer.Serialize(Seeds[..24]);
        var fewSeeds = await PostAsync("aggregate", $$"""{"seeds":{{seeds}},"size":60}""");
        var fewMembers = await PostAsync("aggregate", Body(Floor - 1));
        _shop.Lurm.SetAttributes("new", new Dictionary<string, object?> { ["Country"] = "Samoa" });
        var unknown = await PostAsync("aggregate", """{"seedFilter":"Country eq 'Samoa'","size":60}""");

        Assert.Equal((400, 400, 400), (fewSeeds.Status, fewMembers.Status, unknown.Status));
        Assert.StartsWith("Fewer than 25 of the seeds", fewSeeds.ErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("24", fewSeeds.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("fewer than 20 members", fewMembers.ErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("19", fewMembers.ErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain(unknown.ErrorMessage, char.IsAsciiDigit);

        var started = await _server.PostAsync("odata/Users/Lurm.Lookalike", $$"""{"seeds":{{seeds}},"size":60}""", (Authenticator.ApiKeyHeader, _keys["aggregate"]), ("Prefer", "respond-async"));
        JsonElement operation;
        do
        {
            operation = (await GetAsync("aggregate", started.Headers["Operation-Location"])).Json;
        }
        while (operation.GetProperty("State").GetString() == "Running");

        Assert.Equal(fewSeeds.ErrorMessage, operation.GetProperty("Error").GetString());
    }

    private static string Body(int size) => $$"""{"seeds":{{JsonSerializer.Serialize(Seeds)}},"size":{{size}},"explain":true}""";

    private static double[] Numbers(Server.Answer answer, string list, string name) => [.. answer.Json.GetProperty(list).EnumerateArray().Select(row => row.GetProperty(name).GetDouble())];

    private Task<Server.Answer> PostAsync(string role, string body) => _server.PostAsync("odata/Users/Lurm.Lookalike", body, (Authenticator.ApiKeyHeader, _keys[role]));

    private Task<Server.Answer> GetAsync(string role, string path) => _server.GetAsync(path, (Authenticator.ApiKeyHeader, _keys[role]));
}
