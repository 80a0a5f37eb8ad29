using System.Diagnostics.CodeAnalysis;

namespace Lurm.Store.Attributes;

/// <summary>Names of user attributes and of the properties every user has.</summary>
internal static class AttributeName
{
    public const int MaxCharacters = 128;

    /// <summary>The properties every user has; no attribute may take their name.</summary>
    public static readonly IReadOnlyList<string> BuiltIn = ["Id", "FirstSeen", "LastSeen", "EventCount", "PeriodCount", "ItemCount"];

    // Words of the filter grammar and properties the API adds to users: an attribute of that name could never be filtered or read.
    private static readonly HashSet<string> Reserved = new(
        [.. BuiltIn, "Score", "SharedInterests", "Representation", "Periods", "null", "true", "false", "INF", "NaN", "not", "and", "or", "in", "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "divby", "mod", "has"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether <paramref name="name"/> can be registered; says why not.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name, out string reason)
    {
        reason = name switch
        {
            null or "" => "an attribute's name is empty",
            { Length: > MaxCharacters } => $"the attribute name '{name[..24]}…' has {name.Length} characters; expected at most {MaxCharacters}",
            _ when !IsIdentifier(name) => $"'{name}' is no attribute name; expected a letter or '_', then letters, digits and '_' (map the column to such a name, as in 'Post Code=PostCode')",
            _ when Reserved.Contains(name) => $"'{name}' is a name of Lurm's own; choose another for the attribute",
            _ => string.Empty,
        };
        return reason.Length == 0;
    }

    /// <summary>Refuses a property name that no user could have; whether a user does have it is asked when a filter runs.</summary>
    public static void ThrowIfInvalid(string property)
    {
        ArgumentNullException.ThrowIfNull(property);
        if (!BuiltIn.Contains(property) && !IsValid(property, out var reason))
        {
            throw new StoreException(StoreFault.Invalid, $"The filter was refused: {reason}.");
        }
    }

    private static bool IsIdentifier(string name) =>
        (name[0] == '_' || char.IsLetter(name[0])) && name.All(c => c == '_' || char.IsLetter(c) || char.IsDigit(c));
}
