using System.Security.Cryptography;
using Lurm.Api.Security;
using Lurm.Api.Tests.Commands;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lurm.Api.Tests.Security;

public sealed class AccessTests : IAsyncLifetime
{
    private static readonly byte[] SigningKey = SHA256.HashData("a key of the tests alone"u8);

    private readonly Shop _shop = new();
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private Server _server = null!;

    private string KeyFile => _shop.Files["keys.txt"];

    public async ValueTask InitializeAsync()
    {
        foreach (var role in (string[])["aggregate", "read", "ingest", "admin"])
        {
            var run = await Cli.InvokeAsync("key", KeyFile, role, "--role", role);
            Assert.Equal(0, run.ExitCode);
            _keys[role] = run.Output.Trim();
        }

        _server = await Server.StartAsync(_shop, options =>
        {
            options.ApiKeysFile = KeyFile;
            options.Jwt = new LurmJwtOptions { SigningKey = Convert.ToBase64String(SigningKey), Authority = "https://issuer.example", Audience = "lurm" };
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _shop.Dispose();
    }

    [Theory]
    [InlineData("GET", "odata/Users/$count", "aggregate read admin")]
    [InlineData("GET", "odata/Users", "read admin")]
    [InlineData("GET", "odata/Users('u001')", "read admin")]
    [InlineData("GET", "odata/Users('u001')/Periods", "read admin")]
    [InlineData("GET", "odata/Items", "read admin")]
    [InlineData("GET", "odata/Operations", "aggregate read admin")]
    [InlineData("GET", "metrics", "aggregate read admin")]
    [InlineData("PATCH", "odata/Users('u001')", "ingest admin")]
    [InlineData("POST", "events", "ingest admin")]
    [InlineData("DELETE", "odata/Users('u001')", "admin")]
    [InlineData("POST", "odata/Users/Lurm.Erase", "admin")]
    [InlineData("GET", "odata/Users('u002')/Lurm.Export", "admin")]
    public async Task Each_request_needs_its_role(string method, string path, string allowed)
    {
        foreach (var (role, key) in _keys)
        {
            var answer = await _server.SendAsync(new HttpMethod(method), path, method is "GET" or "DELETE" ? null : "{}", (Authenticator.ApiKeyHeader, key));
            var isAllowed = allowed.Split(' ').Contains(role);
            Assert.True(isAllowed == (answer.Status != 403), $"{role}: {answer.Status} {answer.Text}");
            Assert.NotEqual(401, answer.Status);
        }
    }

    [Theory]
    [InlineData("$count?$filter=Id eq 'u001'", "0", "1")]
    [InlineData("$count?$filter=Country eq 'France' and Age lt 58", "60", "64")]
    [InlineData("$count", "240", "240")]
    public async Task Counts_of_the_aggregate_role_have_a_floor_and_are_rounded(string path, string rounded, string exact)
    {
        var aggregate = await _server.GetAsync($"odata/Users/{path}", (Authenticator.ApiKeyHeader, _keys["aggregate"]));
        var read = await _server.GetAsync($"odata/Users/{path}", (Authenticator.ApiKeyHeader, _keys["read"]));

        Assert.Equal((rounded, exact), (aggregate.Text, read.Text));
    }

    [Theory]
    [InlineData("odata/Users")]
    [InlineData("odata/$metadata")]
    [InlineData("odata/$batch")]
    [InlineData("events")]
    public async Task Nobody_gets_in_without_a_key(string path)
    {
        Assert.Equal(401, (await _server.SendAsync(HttpMethod.Post, path, "{}")).Status);
        var wrong = await _server.SendAsync(HttpMethod.Post, path, "{}", (Authenticator.ApiKeyHeader, ApiKey.NewSecret()));
        Assert.Equal(401, wrong.Status);
        Assert.Equal("Bearer", wrong.Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task Health_needs_no_key()
    {
        Assert.Equal(200, (await _server.GetAsync("health/live")).Status);
        Assert.Equal(401, (await _server.GetAsync("metrics")).Status);
    }

    [Fact]
    public async Task Requests_in_a_batch_have_the_rights_of_its_sender()
    {
        var answer = await _server.PostAsync("odata/$batch", """{"requests":[{"id":"1","method":"DELETE","url":"Users('u001')"},{"id":"2","method":"GET","url":"Users('u001')"}]}""", (Authenticator.ApiKeyHeader, _keys["read"]));

        Assert.Equal([403, 200], answer.Json.GetProperty("responses").EnumerateArray().Select(response => response.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task The_key_file_holds_hashes_only_and_a_bearer_header_works_too()
    {
        var text = await File.ReadAllTextAsync(KeyFile, TestContext.Current.CancellationToken);
        Assert.All(_keys.Values, key => Assert.DoesNotContain(key, text, StringComparison.Ordinal));
        Assert.All(_keys.Values, key => Assert.Contains(ApiKey.HashOf(key), text, StringComparison.Ordinal));
        Assert.Equal(200, (await _server.GetAsync("odata/Users?$top=1", ("Authorization", "Bearer " + _keys["read"]))).Status);
    }

    [Fact]
    public async Task A_token_of_the_issuer_gets_in_with_its_roles()
    {
        Assert.Equal(200, (await GetAsync(Token("read", "lurm", SigningKey))).Status);
        Assert.Equal(403, (await GetAsync(Token("aggregate", "lurm", SigningKey))).Status);
        Assert.Equal(401, (await GetAsync(Token("read", "others", SigningKey))).Status);
        Assert.Equal(401, (await GetAsync(Token("read", "lurm", SHA256.HashData(SigningKey)))).Status);
        Assert.Equal(401, (await GetAsync(Token("read", "lurm", SigningKey, minutes: -60))).Status);
        Assert.Equal(401, (await GetAsync("e30.e30.")).Status);

        Task<Server.Answer> GetAsync(string token) => _server.GetAsync("odata/Users?$top=1", ("Authorization", "Bearer " + token));
    }

    /// <summary>They were all one caller called "token": with one limit, one set of operations and one list of batches.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public async Task A_token_that_names_nobody_is_refused(string? subject) =>
        Assert.Equal(401, (await _server.GetAsync("odata/Users?$top=1", ("Authorization", "Bearer " + Token("read", "lurm", SigningKey, subject: subject)))).Status);

    [Theory]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://127.1.2.3", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://[::]:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://+:5080", false)]
    [InlineData("http://lurm.example:80", false)]
    [InlineData("http://10.0.0.1", false)]
    public void Only_loopback_is_served_without_keys(string url, bool isLoopback) => Assert.Equal(isLoopback, OpenServerGuard.IsLoopback(url));

    [Fact]
    public async Task Without_keys_a_request_for_another_host_is_refused()
    {
        await using var open = await Server.StartAsync(_shop);

        Assert.Equal(200, (await open.GetAsync("odata/Users/$count")).Status);
        Assert.Equal(403, (await open.GetAsync("odata/Users/$count", ("Host", "evil.example"))).Status);
    }

    [Theory]
    [InlineData("odata/Users/$count")]
    [InlineData("metrics")]
    public async Task A_caller_who_asks_too_often_is_told_to_wait(string path)
    {
        await using var limited = await Server.StartAsync(_shop, options => options.RequestsPerSecond = 1);

        var statuses = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            var answer = await limited.GetAsync(path);
            statuses.Add(answer.Status);
            Assert.True(answer.Status == 200 || answer.Headers["Retry-After"] == "1");
        }

        Assert.Contains(429, statuses);
        Assert.Equal(200, statuses[0]);
    }

    private static string Token(string role, string audience, byte[] key, int minutes = 5, string? subject = "someone") => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "https://issuer.example",
        Audience = audience,
        NotBefore = TimeProvider.System.GetUtcNow().AddHours(-2).UtcDateTime,
        Expires = TimeProvider.System.GetUtcNow().AddMinutes(minutes).UtcDateTime,
        Claims = subject is null ? new Dictionary<string, object> { ["roles"] = role } : new Dictionary<string, object> { ["sub"] = subject, ["roles"] = role },
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256),
    });
}
