using Microsoft.Net.Http.Headers;

namespace Lurm.Api.OData;

/// <summary><c>If-Match</c> and <c>If-None-Match</c>.</summary>
internal static class ODataConditions
{
    /// <summary>Whether a read may be answered 304.</summary>
    public static bool IsNotModified(ODataCall call, string etag) => Matches(call.Http.Request.Headers[HeaderNames.IfNoneMatch], etag);

    /// <summary>Refuses a write whose conditions do not hold.</summary>
    /// <param name="call">The request.</param>
    /// <param name="etag">The entity's tag, or nothing where there is no such entity.</param>
    public static void Check(ODataCall call, string? etag)
    {
        var ifMatch = call.Http.Request.Headers[HeaderNames.IfMatch];
        if (ifMatch.Count > 0 && (etag is null || !Matches(ifMatch, etag)))
        {
            throw etag is null ? Failed("There is no such user, and If-Match asks for one.") : Changed();
        }

        var ifNoneMatch = call.Http.Request.Headers[HeaderNames.IfNoneMatch];
        if (etag is not null && Matches(ifNoneMatch, etag))
        {
            throw Failed("The user exists already, and If-None-Match asks that it does not.");
        }
    }

    /// <summary>Whether the request says what must stand; then the write itself has to see to it that it still does.</summary>
    public static bool AreGiven(ODataCall call) => call.Http.Request.Headers.IfMatch.Count > 0 || call.Http.Request.Headers.IfNoneMatch.Count > 0;

    /// <summary>412.</summary>
    public static ApiException Changed() => Failed("The user has changed since; read it again.");

    private static bool Matches(IList<string?> header, string etag) =>
        header.SelectMany(value => (value ?? string.Empty).Split(',', StringSplitOptions.TrimEntries)).Any(value => value == "*" || value == etag);

    private static ApiException Failed(string message) => new(StatusCodes.Status412PreconditionFailed, "PreconditionFailed", message);
}
