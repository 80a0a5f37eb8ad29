using System.Text;

namespace Lurm.Store;

/// <summary>The caller's id of a user: opaque text, compared byte by byte, 1 to 128 bytes of UTF-8, without control characters.</summary>
public readonly record struct UserId
{
    /// <summary>The longest id, in bytes of UTF-8.</summary>
    public const int MaxBytes = 128;

    private UserId(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Makes an id of <paramref name="text"/>, or says why it is none.</summary>
    public static bool TryCreate(string? text, out UserId userId, out string? reason)
    {
        userId = default;
        reason = text switch
        {
            null or "" => "a user id is empty; expected 1 to 128 bytes of text",
            _ when Encoding.UTF8.GetByteCount(text) is > MaxBytes and var bytes => $"a user id has {bytes} bytes; expected at most {MaxBytes}",
            _ when text.Any(char.IsControl) => "a user id has a control character; expected printable text",
            _ => null,
        };
        if (reason is not null)
        {
            return false;
        }

        userId = new UserId(text!);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
