using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Lurm.Store.Users;

/// <summary>The opaque text that marks the end of a page: the order it belongs to, the last row's values in that order, and its key.</summary>
internal sealed record PageToken(string Order, IReadOnlyList<object?> Values, long UserKey)
{
    private const int MaxCharacters = 32_768;

    public string Write()
    {
        // Doubles are written as their bits: JSON would round some.
        var parts = Values.Select(value => value switch
        {
            null => "n",
            string text => "s" + text,
            double number => "d" + BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture),
            var integer => "i" + ((long)integer).ToString(CultureInfo.InvariantCulture),
        });
        string[] all = [Order, UserKey.ToString(CultureInfo.InvariantCulture), .. parts];
        return Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(all));
    }

    /// <exception cref="StoreException">It is no token, or one of another order.</exception>
    public static PageToken Read(string text, string order, int values)
    {
        try
        {
            if (text.Length <= MaxCharacters
                && JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text)) is [var tokenOrder, var key, .. var parts]
                && tokenOrder == order
                && parts.Length == values)
            {
                return new PageToken(order, [.. parts.Select(Value)], long.Parse(key, NumberStyles.None, CultureInfo.InvariantCulture));
            }
        }
        catch (Exception exception) when (exception is FormatException or JsonException or OverflowException or ArgumentException or NullReferenceException)
        {
            throw Refused(exception);
        }

        throw Refused(null);
    }

    private static object? Value(string part) => part switch
    {
        "n" => null,
        ['s', .. var text] => text,
        ['d', .. var bits] => BitConverter.Int64BitsToDouble(long.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ['i', .. var integer] => long.Parse(integer, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        _ => throw new FormatException(),
    };

    private static StoreException Refused(Exception? cause) =>
        new(StoreFault.Invalid, "The page token was refused: expected the 'next' of a page with the same order. Ask for the first page again.", cause);
}
