using System.Diagnostics;
using System.Text.Json;
using Lurm.Api.Metrics;
using Lurm.Api.Operations;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Lurm.Api.Ingestion;

/// <summary><c>POST /events</c>: a stream of NDJSON or CSV, of any size, in bounded memory; exactly once per <c>Idempotency-Key</c>.</summary>
internal sealed class EventsEndpoint(LurmDatabase lurm, Authenticator authenticator, RequestLimits limits, HeavyWork heavy, LurmMetrics metrics, IOptions<LurmApiOptions> options, ILogger<EventsEndpoint> logger)
{
    public const string IdempotencyKey = "Idempotency-Key";

    private const int MaxKeyLength = 200;

    public async Task InvokeAsync(HttpContext http)
    {
        var start = Stopwatch.GetTimestamp();
        using var activity = LurmTraces.Start();
        try
        {
            await TakeAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered; what was read is not stored.
        }
#pragma warning disable CA1031 // The last resort of a request: whatever it was becomes a problem and a line in the log.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            var problem = Problems.Of(fault, http.TraceIdentifier).Without(lurm.Folder);
            if (problem.Status == StatusCodes.Status500InternalServerError)
            {
                logger.RequestFailed(fault, http.Request.Method, "events", http.TraceIdentifier);
            }

            await Problems.WriteAsync(http, problem);
        }
        finally
        {
            LurmTraces.End(activity, "events", http.Response.StatusCode);
            metrics.RequestEnded("events", http.Response.StatusCode, Stopwatch.GetElapsedTime(start));
        }
    }

    private async Task TakeAsync(HttpContext http)
    {
        var caller = await authenticator.AuthenticateAsync(http);
        limits.Admit(caller, http);
        caller.Require(LurmRole.Ingest);
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.Headers.Allow = HttpMethods.Post;
            throw new ApiException(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", "Events are posted.");
        }

        var format = FormatOf(http.Request.ContentType);
        string? key = http.Request.Headers[IdempotencyKey];
        if (string.IsNullOrWhiteSpace(key) || key.Length > MaxKeyLength)
        {
            throw ApiException.Invalid($"The header {IdempotencyKey} is missing or longer than {MaxKeyLength} characters; expected a name for this batch, the same again when it is sent again.", IdempotencyKey);
        }

        // The store reads synchronously, on a thread of its own that may block.
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = options.Value.MaxEventsBytes;
        }

        using var body = await StartedBody.WaitAsync(http.Request.Body, http.RequestAborted);

        // The caller is part of the name: two callers who both count from 1 do not hide each other's events.
        var report = await heavy.RunAsync(
            cancellationToken => lurm.IngestStream(body, format, BatchName(caller, key), cancellationToken: cancellationToken), http.RequestAborted);
        metrics.EventsTaken(report.Events);
        await WriteAsync(http, report, key);
    }

    /// <summary>The first slash ends the caller's name, since a slash of its own is written out: "a" with the key "b/c" is not "a/b" with "c".</summary>
    internal static string BatchName(Caller caller, string key) =>
        $"{caller.Name.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal)}/{key}";

    private static EventStreamFormat FormatOf(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/json-lines" => EventStreamFormat.Ndjson,
        "text/csv" => EventStreamFormat.Csv,
        _ => throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "UnsupportedMediaType", $"The body is {contentType ?? "of no type"}; expected application/x-ndjson or text/csv."),
    };

    private static async Task WriteAsync(HttpContext http, IngestReport report, string key)
    {
        http.Response.ContentType = "application/json";
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("batchId", key);
            json.WriteBoolean("alreadyIngested", report.AlreadyIngested);
            json.WriteNumber("rows", report.Rows);
            json.WriteNumber("events", report.Events);
            json.WriteNumber("newUsers", report.NewUsers);
            json.WriteNumber("newItems", report.NewItems);
            json.WriteNumber("suppressed", report.Suppressed);
            json.WriteEndObject();
        }

        await OData.ODataResponder.SendAsync(http, buffer);
    }
}
