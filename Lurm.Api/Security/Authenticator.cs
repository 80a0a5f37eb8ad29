using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Lurm.Api.Security;

/// <summary>Finds out who makes a request: an API key, a JWT, or, where neither is configured, anybody on this machine.</summary>
internal sealed class Authenticator(IOptions<LurmApiOptions> options, IServiceProvider services)
{
    public const string ApiKeyHeader = "X-Api-Key";

    private const string Bearer = "Bearer ";

    private static readonly Caller Local = new("local", LurmRole.Admin);

    private readonly ApiKeyFile? _keys = options.Value.ApiKeysFile is null ? null : services.GetRequiredService<ApiKeyFile>();
    private readonly JwtTokens? _jwt = options.Value.Jwt is { } jwt ? new JwtTokens(jwt) : null;

    /// <summary>No key file and no JWT: only this machine is served.</summary>
    public bool IsOpen => _keys is null && _jwt is null;

    public async ValueTask<Caller> AuthenticateAsync(HttpContext context)
    {
        if (IsOpen)
        {
            return IsLocal(context)
                ? Local
                : throw new ApiException(StatusCodes.Status403Forbidden, "Forbidden", "Without API keys only this machine itself is served. Start with --api-keys FILE.");
        }

        string? authorization = context.Request.Headers[HeaderNames.Authorization];
        var bearer = authorization?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) == true ? authorization[Bearer.Length..].Trim() : null;
        string? secret = context.Request.Headers[ApiKeyHeader];
        secret ??= bearer?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true ? bearer : null;
        if (secret is not null && _keys?.TryFind(secret, out var key) == true)
        {
            return new Caller(key!.Name, key.Role);
        }

        if (secret is null && bearer is not null && _jwt is not null)
        {
            if (await _jwt.TryReadAsync(bearer, context.RequestAborted) is { } caller)
            {
                return caller;
            }
        }

        throw new ApiException(
            StatusCodes.Status401Unauthorized,
            "Unauthorized",
            secret is null && bearer is null
                ? $"The request has no key; expected the header {ApiKeyHeader} or Authorization: Bearer."
                : "The key or token is not valid here.");
    }

    /// <summary>From a loopback address, and asked for as such: the second keeps a web page elsewhere from using the browser on this machine.</summary>
    private static bool IsLocal(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        var host = context.Request.Host.Host;
        return (address is null || IPAddress.IsLoopback(address))
            && (host is "localhost" or "" || (IPAddress.TryParse(host.Trim('[', ']'), out var named) && IPAddress.IsLoopback(named)));
    }
}
