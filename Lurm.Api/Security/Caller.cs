namespace Lurm.Api.Security;

/// <summary>Who makes a request.</summary>
/// <param name="Name">The key's or token's name, for limits and the audit; never a secret.</param>
/// <param name="Role">What it may do.</param>
internal sealed record Caller(string Name, LurmRole Role)
{
    public bool Has(LurmRole role) => (Role & role) == role;

    /// <summary>Refuses a caller who lacks <paramref name="role"/>.</summary>
    public void Require(LurmRole role)
    {
        if (!Has(role))
        {
            throw new ApiException(
                StatusCodes.Status403Forbidden,
                "Forbidden",
                $"'{Name}' has the role {Role.ToString().ToLowerInvariant()}; this needs {role.ToString().ToLowerInvariant()}.");
        }
    }
}
