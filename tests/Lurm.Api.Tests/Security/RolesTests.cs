using System.Text.Json;
using System.Text.RegularExpressions;
using Lurm.Api.Security;
using Lurm.Api.Tests.Commands;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Lurm.Api.Tests.Security;

/// <summary>Nothing answers without a role: by the routes that are mapped, and by what the OpenAPI document says of each operation.</summary>
public sealed partial class RolesTests : IAsyncLifetime
{
    private static readonly string[] Open = ["/health/live", "/health/ready", "/openapi/v1.json", "/reference"];

    private readonly Shop _shop = new();
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private Server _server = null!;

    public async ValueTask InitializeAsync()
    {
        var file = _shop.Files["keys.txt"];
        foreach (var role in (string[])["aggregate", "read", "ingest", "admin"])
        {
            _keys[role] = (await Cli.InvokeAsync("key", file, role, "--role", role)).Output.Trim();
        }

        _server = await Server.StartAsync(_shop, options => options.ApiKeysFile = file);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _shop.Dispose();
    }

    [Fact]
    public async Task Every_mapped_route_asks_for_a_key_but_health_and_the_document()
    {
        var routes = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Distinct(StringComparer.Ordinal).ToArray();
        Assert.Contains("/events", routes);
        Assert.Contains(routes, route => route.StartsWith("/odata", StringComparison.Ordinal));

        foreach (var route in routes)
        {
            var path = Parameter().Replace(route, "x");
            var answer = await _server.GetAsync(path);
            Assert.True(answer.Status == 401 || Open.Any(open => path.StartsWith(open, StringComparison.Ordinal)), $"{route}: {answer.Status}");
        }
    }

    [Fact]
    public async Task Every_documented_operation_refuses_every_role_but_its_own()
    {
        var document = JsonDocument.Parse((await _server.GetAsync("openapi/v1.json")).Text).RootElement;
        var refusals = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var says = operation.Value.TryGetProperty("description", out var description) ? NeededRole().Match(description.GetString()!) : Match.Empty;
                if (!says.Success)
                {
                    continue;
                }

                Assert.True(ApiKey.TryParseRole(says.Groups[1].Value, out var needed));
                foreach (var (name, key) in _keys.Where(key => ApiKey.TryParseRole(key.Key, out var role) && (role & needed) != needed))
                {
                    var answer = await _server.SendAsync(
                        new HttpMethod(operation.Name.ToUpperInvariant()), Filled(path.Name), operation.Name is "get" or "delete" ? null : "{}", (Authenticator.ApiKeyHeader, key));
                    Assert.True(answer.Status is 403 or 404, $"{name}: {operation.Name} {path.Name}: {answer.Status}");
                    refusals += answer.Status == 403 ? 1 : 0;
                }
            }
        }

        Assert.True(refusals > 30, $"only {refusals} refusals");
    }

    private static string Filled(string path) =>
        path.Replace("{k}", "3", StringComparison.Ordinal).Replace("{format}", "csv", StringComparison.Ordinal).Replace("{id}", "u001", StringComparison.Ordinal).TrimStart('/');

    [GeneratedRegex("""\{[^}]*\}""")]
    private static partial Regex Parameter();

    [GeneratedRegex("Needs the role ([a-z]+)")]
    private static partial Regex NeededRole();
}
