using System.Diagnostics;
using Lurm.Api.Metrics;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>Everything under the OData prefix: authenticates, parses the path against the model of now, and hands over.</summary>
/// <remarks>
/// The model, the parser and the writer are those of the OData libraries; the routing is ours, because the model changes with the attribute
/// registry while the server runs, and because a query reaches the database as a filter, never as an IQueryable.
/// </remarks>
internal sealed class ODataEndpoint(
    LurmDatabase lurm,
    LurmModelCache models,
    Authenticator authenticator,
    RequestLimits limits,
    ODataDispatcher dispatcher,
    ODataBatch batch,
    LurmMetrics metrics,
    IOptions<LurmApiOptions> options,
    ILogger<ODataEndpoint> logger)
{
    /// <summary>Answers one request; <paramref name="prefix"/> is the service's path, such as <c>/odata</c>.</summary>
    public async Task InvokeAsync(HttpContext http, string prefix)
    {
        var start = Stopwatch.GetTimestamp();
        var operation = "OData";
        try
        {
            var caller = await authenticator.AuthenticateAsync(http);
            limits.Admit(caller, http);
            var root = new Uri($"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{prefix}/");
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
                Path = ParsePath(model, root, relative),
                Query = new ODataQuery(http.Request.Query),
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
            metrics.RequestEnded(operation, http.Response.StatusCode, Stopwatch.GetElapsedTime(start));
        }
    }

    private static string RelativePath(HttpContext http, string prefix)
    {
        // The raw target keeps %2F inside a key apart from a slash between segments.
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = string.IsNullOrEmpty(raw) || !raw.StartsWith('/') ? (http.Request.PathBase + http.Request.Path).ToUriComponent() : raw.Split('?', 2)[0];
        var at = path.IndexOf(prefix, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? string.Empty : path[(at + prefix.Length)..].Trim('/');
    }

    private static ODataPath ParsePath(LurmModel model, Uri root, string relative)
    {
        try
        {
            return new ODataUriParser(model.Edm, root, new Uri(root, relative)) { UrlKeyDelimiter = ODataUrlKeyDelimiter.Slash }.ParsePath();
        }
        catch (ODataUnrecognizedPathException unknown)
        {
            throw ApiException.NotFound(unknown.Message);
        }
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
        var problem = Problems.Of(fault, http.TraceIdentifier);
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
