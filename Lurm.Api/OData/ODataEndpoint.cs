using System.Diagnostics;
using Lurm.Api.Metrics;
using Lurm.Api.Operations;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Lurm.Api.OData;

/// <summary>Everything under the OData prefix: authenticates, parses the path against the model of now, and hands over.</summary>
/// <remarks>
/// The model, the parser and the writer are those of the OData libraries; the routing is ours, because the model changes with the attribute
/// registry while the server runs, and because a query reaches the database as a filter, never as an IQueryable.
/// </remarks>
internal sealed class ODataEndpoint(
    LurmDatabase lurm,
    LurmModelCache models,
    FilterCache filters,
    RenderedUsers rendered,
    Authenticator authenticator,
    RequestLimits limits,
    ODataDispatcher dispatcher,
    ODataBatch batch,
    HeavyWork heavy,
    LurmMetrics metrics,
    IOptions<LurmApiOptions> options,
    ILogger<ODataEndpoint> logger)
{
    private volatile Uri? _root;

    /// <summary>Answers one request; <paramref name="prefix"/> is the service's path, such as <c>/odata</c>.</summary>
    public async Task InvokeAsync(HttpContext http, string prefix)
    {
        var start = Stopwatch.GetTimestamp();
        using var activity = LurmTraces.Start();
        var operation = "OData";
        try
        {
            var caller = await authenticator.AuthenticateAsync(http);
            limits.Admit(caller, http);
            var root = Root(http.Request, prefix);
            http.Response.Headers["OData-Version"] = "4.0";
            var relative = RelativePath(http, prefix);
            if (relative == "$batch")
            {
                operation = "$batch";
                await batch.InvokeAsync(http, root, request => InvokeAsync(request, prefix));
                return;
            }

            CheckVersion(http.Request);
            var model = models.Current;
            var call = new ODataCall
            {
                Http = http,
                Caller = caller,
                Lurm = lurm,
                Model = model,
                Options = options.Value,
                ServiceRoot = root,
                Target = relative,
                Filters = filters,
                Rendered = rendered,
                Query = new ODataQuery(http.Request.Query),
                Heavy = heavy,
            };
            operation = await dispatcher.DispatchAsync(call);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
#pragma warning disable CA1031 // The last resort of a request: whatever it was becomes an error body and a line in the log.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            await FailAsync(http, fault);
        }
        finally
        {
            LurmTraces.End(activity, operation, http.Response.StatusCode);
            metrics.RequestEnded(operation, http.Response.StatusCode, Stopwatch.GetElapsedTime(start));
        }
    }

    /// <summary>The service's address as the caller wrote it; nearly all callers write the same one.</summary>
    private Uri Root(HttpRequest request, string prefix)
    {
        var text = $"{request.Scheme}://{request.Host.Value}{request.PathBase.Value}{prefix}/";
        var last = _root;
        return last?.OriginalString == text ? last : _root = new Uri($"{request.Scheme}://{request.Host}{request.PathBase}{prefix}/");
    }

    private static string RelativePath(HttpContext http, string prefix)
    {
        // The raw target keeps %2F inside a key apart from a slash between segments.
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = string.IsNullOrEmpty(raw) || !raw.StartsWith('/') ? (http.Request.PathBase + http.Request.Path).ToUriComponent() : raw.Split('?', 2)[0];
        var above = http.Request.PathBase.ToUriComponent();
        if (path.StartsWith(above, StringComparison.OrdinalIgnoreCase))
        {
            // The path above may hold the prefix itself: /odata-of-france/odata/Users.
            path = path[above.Length..];
        }

        var at = path.IndexOf(prefix, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? string.Empty : path[(at + prefix.Length)..].Trim('/');
    }

    private static void CheckVersion(HttpRequest request)
    {
        string? most = request.Headers["OData-MaxVersion"];
        if (most is not null && (!Version.TryParse(most, out var version) || version.Major < 4))
        {
            throw ApiException.Invalid($"OData-MaxVersion is '{most}'; this service speaks 4.0.", "OData-MaxVersion");
        }
    }

    private async Task FailAsync(HttpContext http, Exception fault)
    {
        var problem = Problems.Of(fault, http.TraceIdentifier).Without(lurm.Folder);
        if (problem.Status >= StatusCodes.Status500InternalServerError && problem.Status != StatusCodes.Status503ServiceUnavailable)
        {
            logger.RequestFailed(fault, http.Request.Method, "odata", http.TraceIdentifier);
        }

        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        await Problems.WriteODataAsync(http, problem);
    }
}
