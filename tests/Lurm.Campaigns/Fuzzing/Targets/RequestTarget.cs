using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Lurm.Api;
using Lurm.Store.Tests.Generations;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>
/// Requests to a running server: the first line of an input says method, path and content type, the rest is the body. An answer of 500, one that
/// shows an exception, or an error without its JSON body is a finding.
/// </summary>
internal sealed class RequestTarget : FuzzTarget
{
    public const string TargetName = "request";

    private static readonly string[] Internals = ["   at Lurm.", "   at System.", "Exception:", "StackTrace", ".cs:line"];

    private static readonly string[] Texts =
    [
        "/odata/Users", "('u1')", "$filter=", "$top=", "$skiptoken=", "$orderby=", "$select=", "&", "%00", "%2e%2e/", "/Lurm.Similar(k=5)", "\"seeds\":", "[\"u1\",\"u2\"]", "\"percent\":", "1e999", "null", "{", "}", "\r\n", "--batch", "\"requests\":", "\"method\":\"GET\"", "\"url\":", "@odata.type",
    ];

    private readonly Shop _shop = new(60);
    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private int _batches;

    public RequestTarget()
        : base(TargetName)
    {
        // A server logs every failure it is asked to show.
        Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "None");
        _shop.Database.RegisterAttribute("Country", Store.AttributeType.String, isIndexed: true);
        _shop.Register();
        _shop.Database.Embed();
        _app = LurmApplication.Build(_shop.Database, ["http://127.0.0.1:0"]);
        _app.StartAsync().GetAwaiter().GetResult();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public override double Share => 1.5;

    public override IReadOnlyList<byte[]> Words { get; } = [.. Texts.Select(Encoding.UTF8.GetBytes)];

    public override bool Run(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        var line = Encoding.Latin1.GetString(end < 0 ? input : input[..end]).Split(' ', 3);
        if (line.Length < 2 || !line[1].StartsWith('/') || !Uri.TryCreate(_client.BaseAddress, line[1], out var uri) || uri.Authority != _client.BaseAddress!.Authority)
        {
            return false;
        }

        HttpRequestMessage request;
        try
        {
            request = new HttpRequestMessage(new HttpMethod(line[0]), uri) { Content = new ByteArrayContent(end < 0 ? [] : input[(end + 1)..]) };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return false; // What a client refuses to send never reaches the server.
        }

        using (request)
        {
            request.Headers.Add("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"fuzz-{_batches++}"));
            if (line.Length == 3 && MediaTypeHeaderValue.TryParse(line[2].Trim(), out var type))
            {
                request.Content.Headers.ContentType = type;
            }

            return Send(request);
        }
    }

    public override void Dispose()
    {
        _client.Dispose();
        _app.StopAsync().GetAwaiter().GetResult();
        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _shop.Dispose();
        base.Dispose();
    }

    private bool Send(HttpRequestMessage request)
    {
        using var response = _client.Send(request);
        using var stream = response.Content.ReadAsStream();
        var text = new StreamReader(stream).ReadToEnd();
        if ((int)response.StatusCode >= 500 && (int)response.StatusCode != 503 && (int)response.StatusCode != 501)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode} {text}");
        }

        if (Array.Find(Internals, text.Contains) is { } shown)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode} shows '{shown}': {text}");
        }

        if (!response.IsSuccessStatusCode && text.Length > 0)
        {
            JsonDocument.Parse(text).Dispose();
        }

        return response.IsSuccessStatusCode;
    }
}
