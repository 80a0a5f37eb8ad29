using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Lurm.Api.Security;

/// <summary>Reads JWT bearer tokens: signature, issuer, audience, time, and the roles they carry.</summary>
internal sealed class JwtTokens
{
    private const int LeastKeyBytes = 32;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _rules;
    private readonly string _roleClaim;

    /// <exception cref="InvalidOperationException">There is neither an issuer nor a key of at least 32 bytes.</exception>
    public JwtTokens(LurmJwtOptions options)
    {
        _roleClaim = options.RoleClaim;
        _rules = new TokenValidationParameters
        {
            ValidateIssuer = options.Authority is not null,
            ValidIssuer = options.Authority,
            ValidateAudience = options.Audience is not null,
            ValidAudience = options.Audience,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
        };
        if (options.SigningKey is { } text)
        {
            var key = Convert.FromBase64String(text);
            _rules.IssuerSigningKey = key.Length >= LeastKeyBytes
                ? new SymmetricSecurityKey(key)
                : throw new InvalidOperationException($"Jwt:SigningKey has {key.Length} bytes; expected at least {LeastKeyBytes}.");
            _rules.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
            return;
        }

        var issuer = options.Authority ?? throw new InvalidOperationException("Jwt has neither Authority nor SigningKey; expected one of the two.");
        _rules.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            issuer.TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever());
    }

    /// <summary>Who the token names; nothing where it is not valid here, or names nobody: limits, operations and batches are kept by name.</summary>
    public async Task<Caller?> TryReadAsync(string token, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = await _handler.ValidateTokenAsync(token, _rules);
        if (!result.IsValid || result.ClaimsIdentity.FindFirst("sub")?.Value is not { } subject || string.IsNullOrWhiteSpace(subject))
        {
            return null;
        }

        var role = LurmRole.None;
        foreach (var claim in result.ClaimsIdentity.FindAll(_roleClaim))
        {
            if (ApiKey.TryParseRole(claim.Value, out var one))
            {
                role |= one;
            }
        }

        return new Caller(subject, role);
    }
}
