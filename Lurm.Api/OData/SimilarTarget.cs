using System.Globalization;

namespace Lurm.Api.OData;

/// <summary>The path of the hot route in its usual writing, <c>Users('id')/Lurm.Similar(k=20)</c>, read without the OData parser; any other writing is left to it.</summary>
internal static class SimilarTarget
{
    private const string Start = "Users(";
    private const string Middle = ")/Lurm.Similar(k=";

    /// <param name="relative">The path below the service's, as it came over the wire.</param>
    /// <param name="id">The user.</param>
    /// <param name="k">How many are asked for.</param>
    public static bool TryParse(string relative, out string id, out int k)
    {
        id = string.Empty;
        k = 0;
        var middle = relative.LastIndexOf(Middle, StringComparison.Ordinal);
        return middle > Start.Length
            && relative.StartsWith(Start, StringComparison.Ordinal)
            && relative.EndsWith(')')
            && int.TryParse(relative.AsSpan(middle + Middle.Length)[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out k)
            && TryUnquote(relative[Start.Length..middle], out id);
    }

    private static bool TryUnquote(string key, out string id)
    {
        var text = key.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(key) : key;
        id = string.Empty;
        if (text.Length < 3 || text[0] != '\'' || text[^1] != '\'')
        {
            return false;
        }

        // Inside, a quote is written twice.
        var inside = text[1..^1];
        id = inside.Replace("''", "'", StringComparison.Ordinal);
        return inside.Length - id.Length == id.AsSpan().Count('\'');
    }
}
