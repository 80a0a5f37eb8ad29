using Microsoft.OData;
using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>Writes answers with the OData library's own writer, into memory first: a fault on the way is still a clean error answer.</summary>
internal static class ODataResponder
{
    /// <summary>Writes a page of entities.</summary>
    public static Task WriteSetAsync(ODataCall call, IEdmNavigationSource? source, IEdmEntityType type, IEnumerable<Entity> rows, SelectExpandClause? select, long? count, Uri? nextLink) =>
        WriteAsync(call, select, StatusCodes.Status200OK, writer =>
        {
            if (nextLink is not null && call.Preferences.MaxPageSize is not null)
            {
                call.Http.Response.Headers["Preference-Applied"] = FormattableString.Invariant($"odata.maxpagesize={call.PageSize}");
            }

            var set = writer.CreateODataResourceSetWriter(source as IEdmEntitySetBase, type);
            set.WriteStart(new ODataResourceSet { Count = count, NextPageLink = nextLink });
            foreach (var row in rows)
            {
                row.Write(set);
            }

            set.WriteEnd();
        });

    /// <summary>Writes one entity.</summary>
    public static Task WriteEntityAsync(ODataCall call, IEdmNavigationSource source, IEdmEntityType type, Entity row, SelectExpandClause? select, int status = StatusCodes.Status200OK)
    {
        if (row.Resource.ETag is { } etag)
        {
            call.Http.Response.Headers.ETag = etag;
        }

        return WriteAsync(call, select, status, writer =>
        {
            row.Write(writer.CreateODataResourceWriter(source, type));
        });
    }

    /// <summary>Writes a whole answer with <paramref name="write"/>.</summary>
    public static async Task WriteAsync(ODataCall call, SelectExpandClause? select, int status, Action<ODataMessageWriter> write)
    {
        using var buffer = new MemoryStream();
        var message = new ODataMessage(buffer);
        var settings = Settings(call, select);
        using (var writer = new ODataMessageWriter((IODataResponseMessage)message, settings, call.Model.Edm))
        {
            write(writer);
        }

        var response = call.Http.Response;
        response.StatusCode = status;
        foreach (var (name, value) in message.Headers)
        {
            response.Headers[name] = value;
        }

        await SendAsync(call.Http, buffer);
    }

    /// <summary>Sends what is in <paramref name="buffer"/>, or for HEAD only its length.</summary>
    public static async Task SendAsync(HttpContext http, MemoryStream buffer)
    {
        http.Response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted);
        }
    }

    private static ODataMessageWriterSettings Settings(ODataCall call, SelectExpandClause? select)
    {
        var settings = new ODataMessageWriterSettings
        {
            BaseUri = call.ServiceRoot,
            EnableMessageStreamDisposal = false,
            Version = ODataVersion.V4,
            ODataUri = new ODataUri { ServiceRoot = call.ServiceRoot, Path = call.Path, SelectAndExpand = select },
        };
        settings.SetContentType(Accept(call), "utf-8");
        return settings;
    }

    private static string Accept(ODataCall call) => call.Query.Format switch
    {
        "json" => "application/json",
        "xml" => "application/xml",
        { } format => format,
        null when string.IsNullOrEmpty(call.Http.Request.Headers.Accept) => "*/*",
        null => call.Http.Request.Headers.Accept.ToString(),
    };
}
