using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Lurm.Api.Tests;

/// <summary>A shop served over loopback by Kestrel, and a client of it.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Server(Shop shop, WebApplication app)
    {
        Shop = shop;
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/") };
    }

    public Shop Shop { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Root => new(Client.BaseAddress!, "odata/");

    public static async Task<Server> StartAsync(Shop shop, Action<LurmApiOptions>? configure = null)
    {
        var app = LurmApplication.Build(shop.Lurm, ["http://127.0.0.1:0"], configure);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Server(shop, app);
    }

    public async Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => await SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers) => await SendAsync(HttpMethod.Post, path, json, headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
                continue;
            }

            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, text, all);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    internal sealed record Answer(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        /// <summary>The ids of the entities of a list.</summary>
        public string[] Ids => [.. Json.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("Id").GetString()!)];

        public string? NextLink => Json.TryGetProperty("@odata.nextLink", out var link) ? link.GetString() : null;

        public string ErrorMessage => Json.GetProperty("error").GetProperty("message").GetString()!;
    }
}
