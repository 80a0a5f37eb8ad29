using System.Globalization;
using System.Text;

namespace Lurm.Store.Attributes;

/// <summary>One value of an attribute or a filter's constant: text, a finite number, true or false, or a moment in milliseconds since 1970.</summary>
internal readonly record struct AttributeValue : IComparable<AttributeValue>
{
    public const int MaxTextBytes = 1_024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _text;
    private readonly double _number;
    private readonly long _integer;

    private AttributeValue(AttributeType type, string? text, double number, long integer)
    {
        Type = type;
        _text = text;
        _number = number;
        _integer = integer;
    }

    public AttributeType Type { get; }

    public string Text => _text ?? string.Empty;

    public double Number => _number;

    public bool Boolean => _integer != 0;

    public long UnixMilliseconds => _integer;

    public static AttributeValue Of(string text) => new(AttributeType.String, text, 0, 0);

    /// <summary>Takes a finite number; minus zero becomes zero, so that equal numbers are the same value.</summary>
    public static AttributeValue Of(double number) => new(AttributeType.Number, null, number == 0 ? 0 : number, 0);

    public static AttributeValue Of(bool value) => new(AttributeType.Boolean, null, 0, value ? 1 : 0);

    /// <summary>Takes a moment; what is finer than a millisecond is cut off, towards the past.</summary>
    public static AttributeValue Of(DateTimeOffset moment) => OfUnixMilliseconds(moment.ToUnixTimeMilliseconds());

    public static AttributeValue OfUnixMilliseconds(long milliseconds) => new(AttributeType.Date, null, 0, milliseconds);

    /// <summary>Makes a value of a CLR object: text, any number type, a boolean, or a date type; says why where it is none.</summary>
    public static bool TryCreate(object? value, out AttributeValue result, out string reason)
    {
        (result, var fault) = value switch
        {
            string text => FromText(text),
            bool flag => (Of(flag), null),
            double number => FromNumber(number),
            float number => FromNumber(number),
            decimal number => FromNumber((double)number),
            sbyte or byte or short or ushort or int or uint or long or ulong => FromNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            DateTimeOffset moment => (Of(moment), null),
            DateTime { Kind: DateTimeKind.Local } moment => (Of(new DateTimeOffset(moment)), null),
            DateTime moment => (Of(new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc))), null),
            DateOnly day => (Of(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)), null),
            null => (default, "is null"),
            _ => (default(AttributeValue), $"is a {value.GetType().Name}; expected text, a number, true or false, or a date"),
        };
        reason = fault ?? string.Empty;
        return fault is null;
    }

    /// <summary>Reads a value of <paramref name="type"/> from the text of a file's cell.</summary>
    public static bool TryParse(string text, AttributeType type, out AttributeValue result, out string reason)
    {
        (result, var fault) = type switch
        {
            AttributeType.String => FromText(text),
            AttributeType.Number => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? FromNumber(number) : (default, $"found '{text}', expected a number"),
            AttributeType.Boolean => text.ToUpperInvariant() switch
            {
                "TRUE" or "1" or "YES" => (Of(true), null),
                "FALSE" or "0" or "NO" => (Of(false), null),
                _ => (default(AttributeValue), $"found '{text}', expected true or false (or 1, 0, yes, no)"),
            },
            _ => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                ? (Of(moment), null)
                : (default, $"found '{text}', expected a date such as 2026-11-23 or 2026-11-23T08:00:00Z"),
        };
        reason = fault ?? string.Empty;
        return fault is null;
    }

    /// <summary>Text, a double, a boolean or a <see cref="DateTimeOffset"/> in UTC.</summary>
    public object ToObject() => Type switch
    {
        AttributeType.String => Text,
        AttributeType.Number => _number,
        AttributeType.Boolean => Boolean,
        _ => DateTimeOffset.FromUnixTimeMilliseconds(_integer),
    };

    /// <summary>As SQLite keeps it: TEXT, REAL, or INTEGER for booleans (0, 1) and dates (milliseconds).</summary>
    public object ToSql() => Type switch
    {
        AttributeType.String => Text,
        AttributeType.Number => _number,
        _ => _integer,
    };

    /// <summary>Orders values of one type; text by code point, which is SQLite's byte order of UTF-8.</summary>
    public int CompareTo(AttributeValue other) => Type switch
    {
        AttributeType.String => CompareCodePoints(Text, other.Text),
        AttributeType.Number => _number.CompareTo(other._number),
        _ => _integer.CompareTo(other._integer),
    };

    public bool Equals(AttributeValue other) =>
        Type == other.Type && _integer == other._integer && _number.Equals(other._number) && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Type, _text, _number, _integer);

    /// <summary>Compares as memcmp of the UTF-8 forms would: surrogates, which stand for the highest code points, come after U+FFFF.</summary>
    internal static int CompareCodePoints(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[common], right[common]);
        var (aIsHigh, bIsHigh) = (char.IsSurrogate(a), char.IsSurrogate(b));
        return aIsHigh == bIsHigh ? a.CompareTo(b) : aIsHigh.CompareTo(bIsHigh);
    }

    private static (AttributeValue Value, string? Fault) FromNumber(double number) =>
        double.IsFinite(number) ? (Of(number), null) : (default, "is not a finite number");

    private static (AttributeValue Value, string? Fault) FromText(string text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text) switch
            {
                > MaxTextBytes and var bytes => (default, $"has {bytes} bytes of text; expected at most {MaxTextBytes}"),
                _ when text.Contains('\0', StringComparison.Ordinal) => (default, "holds the character U+0000, which is not text"),
                _ => (Of(text), null),
            };
        }
        catch (EncoderFallbackException)
        {
            return (default, "is not valid Unicode: it has half of a surrogate pair");
        }
    }
}
