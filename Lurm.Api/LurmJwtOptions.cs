namespace Lurm.Api;

/// <summary>Which JWT bearer tokens are accepted. The roles stand in the claim <see cref="RoleClaim"/>: aggregate, read, ingest, admin.</summary>
public sealed class LurmJwtOptions
{
    /// <summary>The issuer; its signing keys are fetched from its discovery document unless <see cref="SigningKey"/> is set.</summary>
    public string? Authority { get; set; }

    /// <summary>The audience a token must name.</summary>
    public string? Audience { get; set; }

    /// <summary>A shared secret (HMAC-SHA256), base64, at least 32 bytes; instead of the issuer's published keys.</summary>
    public string? SigningKey { get; set; }

    /// <summary>The claim that holds the roles. Default <c>roles</c>.</summary>
    public string RoleClaim { get; set; } = "roles";
}
