using System.Security.Cryptography;
using System.Text;

namespace Lurm.Api.Security;

/// <summary>An API key as it is kept: a name, its role and the SHA-256 of the secret.</summary>
/// <remarks>The secret is 256 random bits, so one round of SHA-256 is enough: there is nothing to guess.</remarks>
internal sealed record ApiKey(string Name, LurmRole Role, string Hash)
{
    public const string Prefix = "lurm_";

    /// <summary>A new secret, shown once.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Reads <c>name role sha256</c>, or says why it cannot.</summary>
    public static bool TryParse(string line, out ApiKey? key, out string? reason)
    {
        key = null;
        var parts = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        reason = parts switch
        {
            { Length: not 3 } => $"has {parts.Length} words; expected name, role and SHA-256",
            _ when !TryParseRole(parts[1], out _) => $"has the role '{parts[1]}'; expected aggregate, read, ingest or admin, or several joined by '+'",
            _ when parts[2].Length != 64 || !parts[2].All(char.IsAsciiHexDigit) => "has no SHA-256 as its third word; make keys with 'lurm key'",
            _ => null,
        };
        if (reason is not null || !TryParseRole(parts[1], out var role))
        {
            return false;
        }

        key = new ApiKey(parts[0], role, parts[2].ToLowerInvariant());
        return true;
    }

    public static bool TryParseRole(string text, out LurmRole role)
    {
        role = LurmRole.None;
        foreach (var word in text.Split('+'))
        {
            var one = word switch
            {
                "aggregate" => LurmRole.Aggregate,
                "read" => LurmRole.Read,
                "ingest" => LurmRole.Ingest,
                "admin" => LurmRole.Admin,
                _ => LurmRole.None,
            };
            if (one == LurmRole.None)
            {
                return false;
            }

            role |= one;
        }

        return true;
    }
}
