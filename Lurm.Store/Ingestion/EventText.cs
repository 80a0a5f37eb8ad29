using System.Text;
using System.Text.Unicode;

namespace Lurm.Store.Ingestion;

/// <summary>What texts of events may be: ids exact and bounded, titles and categories as they are shown.</summary>
internal static class EventText
{
    /// <summary>Titles and categories beyond this many bytes are cut.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Text of an item as it is kept: cut between characters where it is longer than <see cref="MaxBytes"/>, U+FFFD for what is no UTF-8 (files in Latin-1 come).</summary>
    public static ReadOnlySpan<byte> Kept(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        }

        if (text.Length <= MaxBytes)
        {
            return text;
        }

        var cut = MaxBytes;
        while (cut > 0 && (text[cut] & 0xC0) == 0x80)
        {
            cut--;
        }

        return text[..cut];
    }

    /// <summary>Whether a text can be an id: not empty, UTF-8, no control characters.</summary>
    public static bool IsId(ReadOnlySpan<byte> text, int maxBytes) =>
        !text.IsEmpty && text.Length <= maxBytes && !text.ContainsAnyInRange((byte)0, (byte)0x1F) && !text.Contains((byte)0x7F) && Utf8.IsValid(text);

    /// <summary>Says what is wrong with a text that can be no id.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="maxBytes">The longest, in bytes.</param>
    /// <param name="column">The column it came in.</param>
    /// <param name="what">What was expected: a user id.</param>
    /// <exception cref="RowException">It can be none.</exception>
    public static void CheckId(ReadOnlySpan<byte> text, int maxBytes, string column, string what)
    {
        if (text.IsEmpty)
        {
            throw new RowException(column, "nothing", what);
        }

        if (text.Length > maxBytes)
        {
            throw new RowException(column, $"{text.Length} bytes", $"{what} of at most {maxBytes} bytes");
        }

        if (!IsId(text, maxBytes))
        {
            throw new RowException(column, "bytes that are no printable UTF-8", $"{what} as UTF-8 text without control characters");
        }
    }
}
