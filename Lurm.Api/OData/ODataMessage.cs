using Microsoft.OData;

namespace Lurm.Api.OData;

/// <summary>A message in memory, as the OData library's readers and writers want it.</summary>
internal sealed class ODataMessage(Stream stream) : IODataResponseMessage, IODataRequestMessage
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<KeyValuePair<string, string>> Headers => _headers;

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public Uri Url { get; set; } = new("http://localhost/");

    public string Method { get; set; } = HttpMethods.Post;

    public string? GetHeader(string headerName) => _headers.GetValueOrDefault(headerName);

    public void SetHeader(string headerName, string headerValue) => _headers[headerName] = headerValue;

    public Stream GetStream() => stream;
}
