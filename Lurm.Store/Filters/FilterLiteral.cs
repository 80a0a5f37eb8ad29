using System.Globalization;
using Lurm.Store.Attributes;
using Microsoft.OData;

namespace Lurm.Store.Filters;

/// <summary>Reads OData literals as constants of a filter.</summary>
internal static class FilterLiteral
{
    /// <summary>Reads a literal alone, as in <c>'it''s'</c>, <c>-1.5</c>, <c>2026-11-23</c> or <c>null</c>.</summary>
    public static AttributeValue? Read(string literal)
    {
        if (literal.Length == 0)
        {
            throw UserFilter.Invalid("a list has an empty place; expected a constant between two commas");
        }

        if (literal is ['\'', ..] && !IsQuoted(literal) || literal.Any(char.IsWhiteSpace) && literal[0] != '\'')
        {
            throw UserFilter.Invalid($"'{literal}' is no constant");
        }

        try
        {
            return Of(ODataUriUtils.ConvertFromUriLiteral(literal, ODataVersion.V4), literal);
        }
        catch (Exception exception) when (exception is not StoreException)
        {
            throw UserFilter.Invalid($"'{literal}' is no constant: expected text in quotes, a number, true, false, a date or null");
        }
    }

    /// <summary>Takes what the OData library made of <paramref name="literal"/>; numbers are read again, since it rounds short ones to single precision.</summary>
    public static AttributeValue? Of(object? value, string literal)
    {
        if (value is null || value is ODataNullValue)
        {
            return null;
        }

        if (value is float or double or decimal or int or long or short or byte or sbyte)
        {
            value = double.TryParse(literal.AsSpan().TrimEnd("fFdDmMlL"), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : value;
        }

        if (DateOnly.TryParseExact(literal, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && value is not string)
        {
            value = day;
        }

        return AttributeValue.TryCreate(value, out var constant, out var reason) ? constant : throw UserFilter.Invalid($"the constant {literal} {reason}");
    }

    // A quote at both ends and only doubled ones between.
    private static bool IsQuoted(string literal) =>
        literal is ['\'', .. var inner, '\''] && !inner.Replace("''", string.Empty, StringComparison.Ordinal).Contains('\'', StringComparison.Ordinal);
}
