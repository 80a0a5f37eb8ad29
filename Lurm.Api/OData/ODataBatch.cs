using Microsoft.AspNetCore.Http.Features;
using Microsoft.OData;

namespace Lurm.Api.OData;

/// <summary><c>POST $batch</c>, JSON and multipart: each request inside is answered as if it had come alone.</summary>
/// <remarks>
/// Requests of one change set are not one transaction, since Lurm's writes are each their own; a batch with an atomicity group of more than one is
/// refused. The whole batch is read before the first request is answered, so that a refused one has changed nothing.
/// </remarks>
internal sealed class ODataBatch(LurmModelCache models)
{
    private const int MaxRequests = 100;

    /// <summary>Marks a request that came in a batch.</summary>
    private static readonly object Inside = new();

    public async Task InvokeAsync(HttpContext http, Uri root, Func<HttpContext, Task> answer)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            throw new ApiException(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", "A $batch is posted.");
        }

        if (http.Items.ContainsKey(Inside))
        {
            // Each level would hold its body and its answer a second time, as deep as the caller likes.
            throw ApiException.Invalid("A $batch stands in a $batch; expected its requests in the outer one.", "$batch");
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        body.Position = 0;
        var asked = new ODataMessage(body);
        asked.SetHeader("Content-Type", http.Request.ContentType ?? string.Empty);
        using var answers = new MemoryStream();
        var answered = new ODataMessage(answers);
        var model = models.Current.Edm;
        var readerSettings = new ODataMessageReaderSettings { BaseUri = root, MessageQuotas = { MaxPartsPerBatch = MaxRequests, MaxOperationsPerChangeset = 1 } };
        using (var reader = new ODataMessageReader((IODataRequestMessage)asked, readerSettings, model))
        using (var writer = new ODataMessageWriter((IODataResponseMessage)answered, WriterSettings(http, root), model))
        {
            await AnswerAllAsync(http, Read(reader.CreateODataBatchReader()), writer.CreateODataBatchWriter(), answer);
        }

        http.Response.StatusCode = StatusCodes.Status200OK;
        foreach (var (name, value) in answered.Headers)
        {
            http.Response.Headers[name] = value;
        }

        await ODataResponder.SendAsync(http, answers);
    }

    private static List<Part> Read(ODataBatchReader reader)
    {
        var parts = new List<Part>();
        while (reader.Read())
        {
            parts.Add(reader.State == ODataBatchReaderState.Operation ? Request(reader.CreateOperationRequestMessage()) : new Part(reader.State, null, null));
        }

        return parts;
    }

    private static Part Request(ODataBatchOperationRequestMessage asked)
    {
        var body = new MemoryStream();
        if (asked.Method != HttpMethods.Get && asked.Method != HttpMethods.Delete)
        {
            using var stream = asked.GetStream();
            stream.CopyTo(body);
            body.Position = 0;
        }

        return new Part(ODataBatchReaderState.Operation, asked, body);
    }

    private static async Task AnswerAllAsync(HttpContext http, List<Part> parts, ODataBatchWriter writer, Func<HttpContext, Task> answer)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartBatch();
        foreach (var (state, asked, body) in parts)
        {
            switch (state)
            {
                case ODataBatchReaderState.ChangesetStart:
                    writer.WriteStartChangeset();
                    break;
                case ODataBatchReaderState.ChangesetEnd:
                    writer.WriteEndChangeset();
                    break;
                case ODataBatchReaderState.Operation:
                    await AnswerOneAsync(http, asked!, body!, writer, failed, answer);
                    break;
                default:
                    break;
            }
        }

        writer.WriteEndBatch();
    }

    private static async Task AnswerOneAsync(HttpContext outer, ODataBatchOperationRequestMessage asked, MemoryStream body, ODataBatchWriter writer, HashSet<string> failed, Func<HttpContext, Task> answer)
    {
        using var given = new MemoryStream();
        var inner = Inner(outer, asked, body, given);
        if (asked.DependsOnIds?.FirstOrDefault(failed.Contains) is { } unmet)
        {
            await Problems.WriteODataAsync(inner, new Problem(StatusCodes.Status424FailedDependency, "FailedDependency", $"The request '{unmet}', on which this one depends, has failed."));
        }
        else
        {
            await answer(inner);
        }

        if (inner.Response.StatusCode >= StatusCodes.Status400BadRequest && asked.ContentId is { } id)
        {
            failed.Add(id);
        }

        var answered = writer.CreateOperationResponseMessage(asked.ContentId);
        answered.StatusCode = inner.Response.StatusCode;
        foreach (var (name, value) in inner.Response.Headers)
        {
            if (name != "Content-Length")
            {
                answered.SetHeader(name, value.ToString());
            }
        }

        // Asking for the stream of an empty body would write an empty JSON value.
        if (given.Length > 0)
        {
            using var target = answered.GetStream();
            given.Position = 0;
            given.CopyTo(target);
        }
    }

    /// <summary>A request of its own, of the same caller.</summary>
    private static DefaultHttpContext Inner(HttpContext outer, ODataBatchOperationRequestMessage asked, Stream body, Stream given)
    {
        var inner = new DefaultHttpContext { RequestServices = outer.RequestServices, RequestAborted = outer.RequestAborted, TraceIdentifier = outer.TraceIdentifier };
        inner.Items[Inside] = true;
        inner.Connection.RemoteIpAddress = outer.Connection.RemoteIpAddress;
        var request = inner.Request;
        request.Method = asked.Method;
        request.Scheme = outer.Request.Scheme;
        request.Host = outer.Request.Host;
        request.PathBase = outer.Request.PathBase;
        request.Path = PathString.FromUriComponent(asked.Url);
        request.QueryString = QueryString.FromUriComponent(asked.Url);
        request.Body = body;
        request.ContentLength = body.Length;
        inner.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = asked.Url.PathAndQuery;
        foreach (var (name, value) in asked.Headers)
        {
            request.Headers[name] = value;
        }

        foreach (var name in (string[])["Authorization", Security.Authenticator.ApiKeyHeader])
        {
            if (outer.Request.Headers.TryGetValue(name, out var value))
            {
                request.Headers[name] = value;
            }
        }

        inner.Response.Body = given;
        return inner;
    }

    private static ODataMessageWriterSettings WriterSettings(HttpContext http, Uri root)
    {
        var settings = new ODataMessageWriterSettings { BaseUri = root, Version = ODataVersion.V4, EnableMessageStreamDisposal = false, ODataUri = new ODataUri { ServiceRoot = root } };
        var isJson = http.Request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;
        settings.SetContentType(isJson ? "application/json" : "multipart/mixed", "utf-8");
        return settings;
    }

    /// <summary>A request inside, or the border of a change set.</summary>
    private sealed record Part(ODataBatchReaderState State, ODataBatchOperationRequestMessage? Asked, MemoryStream? Body);
}
