using System.Text.Json;

namespace Lurm.Api.Tests.Hosting;

public sealed class OpenApiTests : IAsyncLifetime
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
    public async Task Every_documented_request_works_with_its_examples()
    {
        var document = (await _server.GetAsync("openapi/v1.json")).Json;
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var requests = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            // What erases comes last, and is asked for by its own test.
            foreach (var operation in path.Value.EnumerateObject().Where(operation => operation.Name != "delete"))
            {
                requests++;
                var (address, headers) = Fill(path.Name, operation.Value);
                var (body, contentType) = BodyOf(operation.Value);
                var answer = await _server.SendAsync(new HttpMethod(operation.Name.ToUpperInvariant()), address.TrimStart('/'), body, [.. headers, .. contentType is null ? [] : new[] { ("Content-Type", contentType) }]);
                var isOfUnknownOperation = path.Name.Contains("Operations('{id}')", StringComparison.Ordinal);
                Assert.True(answer.Status is >= 200 and < 300 || (isOfUnknownOperation && answer.Status == 404), $"{operation.Name} {address}: {answer.Status} {answer.Text}");
            }
        }

        Assert.InRange(requests, 20, 100);
    }

    [Fact]
    public async Task Attributes_are_in_the_schemas_and_every_set_has_its_path()
    {
        var document = (await _server.GetAsync("openapi/v1.json")).Json;
        var properties = document.GetProperty("components").GetProperty("schemas").GetProperty("User").GetProperty("properties");
        Assert.Equal("number", properties.GetProperty("Age").GetProperty("type")[0].GetString());

        var sets = (await _server.GetAsync("odata/")).Json.GetProperty("value").EnumerateArray().Select(set => set.GetProperty("url").GetString());
        Assert.All(sets, set => Assert.True(document.GetProperty("paths").TryGetProperty("/odata/" + set, out _), set));
    }

    [Fact]
    public async Task The_reference_page_is_served_from_here()
    {
        var page = await _server.GetAsync("reference/");

        Assert.Equal(200, page.Status);
        Assert.StartsWith("text/html", page.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.DoesNotContain("cdn.", page.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static (string Address, List<(string, string)> Headers) Fill(string path, JsonElement operation)
    {
        var query = new List<string>();
        var headers = new List<(string, string)>();
        foreach (var parameter in operation.TryGetProperty("parameters", out var all) ? all.EnumerateArray() : default)
        {
            if (!parameter.TryGetProperty("example", out var example))
            {
                continue;
            }

            var name = parameter.GetProperty("name").GetString()!;
            var value = example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText();
            switch (parameter.GetProperty("in").GetString())
            {
                case "path":
                    path = path.Replace($"{{{name}}}", value, StringComparison.Ordinal);
                    break;
                case "query":
                    query.Add($"{name}={Uri.EscapeDataString(value)}");
                    break;
                default:
                    headers.Add((name, value));
                    break;
            }
        }

        return (query.Count > 0 ? $"{path}?{string.Join('&', query)}" : path, headers);
    }

    private static (string? Body, string? ContentType) BodyOf(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return (null, null);
        }

        var content = body.GetProperty("content").EnumerateObject().First();
        var example = content.Value.GetProperty("example");
        return (example.ValueKind == JsonValueKind.String ? example.GetString() : example.GetRawText(), content.Name);
    }
}
