using Lurm.Api.Operations;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>One request to the OData service: who asks what of which model.</summary>
internal sealed class ODataCall
{
    public required HttpContext Http { get; init; }

    public required Caller Caller { get; init; }

    public required LurmDatabase Lurm { get; init; }

    public required LurmModel Model { get; init; }

    public required LurmApiOptions Options { get; init; }

    /// <summary>The service's address, with a slash at its end.</summary>
    public required Uri ServiceRoot { get; init; }

    /// <summary>The path below the service's, as it came over the wire.</summary>
    public required string Target { get; init; }

    /// <summary>The resource path, parsed against <see cref="Model"/> when it is first asked for.</summary>
    /// <exception cref="ApiException">404: the model has no such path.</exception>
    /// <exception cref="ODataException">The path is none.</exception>
    public ODataPath Path => field ??= ParsePath();

    public required FilterCache Filters { get; init; }

    public required RenderedUsers Rendered { get; init; }

    public required ODataQuery Query { get; init; }

    public required HeavyWork Heavy { get; init; }

    public CancellationToken Aborted => Http.RequestAborted;

    public string Method => Http.Request.Method;

    /// <summary>How many rows the next page has: the least of <c>$top</c>, <c>odata.maxpagesize</c> and the server's own bounds.</summary>
    public int PageSize
    {
        get
        {
            var preferred = Preferences.MaxPageSize ?? (Query.Top ?? Options.PageSize);
            return Math.Min(Math.Min(preferred, Query.Top ?? int.MaxValue), Options.MaxPageSize);
        }
    }

    public ODataPreferences Preferences => field ??= ODataPreferences.Read(Http.Request);

    /// <summary>The request's <c>$filter</c> over users, if it has one.</summary>
    public UserFilter? Filter => Query.Filter is { } text ? Filters.Parse(text) : null;

    /// <summary>Runs a query over users: at once, or with the heavy work where its filter reads histories.</summary>
    /// <exception cref="ApiException">503: the filter reads histories, and the queue is full.</exception>
    public Task<T> RunAsync<T>(UserFilter? filter, Func<CancellationToken, T> query) =>
        filter is { ReadsHistories: true } ? Heavy.RunAsync(query, Aborted) : Task.FromResult(query(Aborted));

    /// <summary>Refuses every method but <paramref name="methods"/>.</summary>
    public void Allow(params ReadOnlySpan<string> methods)
    {
        foreach (var method in methods)
        {
            if (HttpMethods.Equals(method, Method) || (HttpMethods.IsHead(Method) && HttpMethods.IsGet(method)))
            {
                return;
            }
        }

        Http.Response.OnStarting(static state =>
        {
            var (response, allowed) = ((HttpResponse, string))state;
            response.Headers.Allow = allowed;
            return Task.CompletedTask;
        }, (Http.Response, string.Join(", ", methods.ToArray())));
        throw new ApiException(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", $"{Method} is not possible here; expected {string.Join(" or ", methods.ToArray())}.");
    }

    private ODataPath ParsePath()
    {
        try
        {
            return new ODataUriParser(Model.Edm, ServiceRoot, new Uri(ServiceRoot, Target)) { UrlKeyDelimiter = ODataUrlKeyDelimiter.Slash }.ParsePath();
        }
        catch (ODataUnrecognizedPathException unknown)
        {
            throw ApiException.NotFound(unknown.Message);
        }
    }
}
