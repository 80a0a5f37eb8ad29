using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lurm.Index;
using Lurm.Store;
using Microsoft.OData;

namespace Lurm.Api;

/// <summary>The one place where faults become answers: OData error bodies under the OData prefix, RFC 9457 problems elsewhere.</summary>
internal static class Problems
{
    private const string Unexpected = "The request failed for a reason that is the server's own; its log says more under this trace id";

    /// <summary>What <paramref name="fault"/> tells the caller; a fault nobody foresaw says nothing but the trace id.</summary>
    public static Problem Of(Exception fault, string traceId) => fault switch
    {
        ApiException api => new(api.Status, api.Code, api.Message, api.Target, api.RetryAfterSeconds),
        StoreException store => Of(store),
        ODataContentTypeException type => new(StatusCodes.Status406NotAcceptable, "NotAcceptable", type.Message),
        ODataException odata => new(StatusCodes.Status400BadRequest, "Invalid", odata.Message),
        JsonException json => new(StatusCodes.Status400BadRequest, "Invalid", $"The body is no JSON: {json.Message}"),
        DecoderFallbackException or InvalidOperationException { InnerException: DecoderFallbackException } => new(StatusCodes.Status400BadRequest, "Invalid", "The body is not UTF-8; send it in that encoding."),
        BadHttpRequestException bad => new(bad.StatusCode, "BadRequest", bad.Message),
        NotImplementedException or NotSupportedException => new(StatusCodes.Status501NotImplemented, "NotImplemented", "Lurm does not do this."),
        IndexException { Fault: IndexFault.Unavailable } => new(StatusCodes.Status503ServiceUnavailable, "Unavailable", "The index is not available right now.", null, 5),
        _ => new(StatusCodes.Status500InternalServerError, "Failed", $"{Unexpected}: {traceId}."),
    };

    /// <summary>Writes an OData error body.</summary>
    public static Task WriteODataAsync(HttpContext context, Problem problem)
    {
        Begin(context, problem, "application/json;odata.metadata=minimal;charset=utf-8");
        context.Response.Headers["OData-Version"] = "4.0";
        return WriteAsync(context, json =>
        {
            json.WriteStartObject("error");
            json.WriteString("code", problem.Code);
            json.WriteString("message", problem.Message);
            if (problem.Target is not null)
            {
                json.WriteString("target", problem.Target);
            }

            json.WriteEndObject();
        });
    }

    /// <summary>Writes an RFC 9457 problem.</summary>
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        Begin(context, problem, "application/problem+json");
        return WriteAsync(context, json =>
        {
            json.WriteString("type", "about:blank");
            json.WriteString("title", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(problem.Status));
            json.WriteNumber("status", problem.Status);
            json.WriteString("detail", problem.Message);
            json.WriteString("code", problem.Code);
            json.WriteString("traceId", context.TraceIdentifier);
        });
    }

    private static Problem Of(StoreException fault) => fault.Fault switch
    {
        StoreFault.NotFound => new(StatusCodes.Status404NotFound, nameof(StoreFault.NotFound), fault.Message),
        StoreFault.Invalid => new(StatusCodes.Status400BadRequest, nameof(StoreFault.Invalid), fault.Message),
        StoreFault.Conflict => new(StatusCodes.Status409Conflict, nameof(StoreFault.Conflict), fault.Message),
        StoreFault.Unavailable => new(StatusCodes.Status503ServiceUnavailable, nameof(StoreFault.Unavailable), fault.Message, null, 5),
        _ => new(StatusCodes.Status500InternalServerError, fault.Fault.ToString(), "The database is damaged or of another format; run 'lurm check' on the server."),
    };

    private static void Begin(HttpContext context, Problem problem, string contentType)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = problem.Status;
        response.ContentType = contentType;
        if (problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        context.Response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
        }
    }
}
