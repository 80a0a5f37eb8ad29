using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Lurm.Store.Histories;

namespace Lurm.Store.Generations;

/// <summary>The bytes of <c>representations.vector</c>: float32 little-endian components, the format, and the CRC-32C of all before it, little-endian.</summary>
/// <remarks>Five bytes follow the components, so that a length alone tells a vector with a checksum from one of an older version, which has nothing behind them.</remarks>
internal static class RepresentationBlob
{
    private const byte Format = 1;
    private const int CrcBytes = 4;
    private const int TrailerBytes = 1 + CrcBytes;

    /// <summary>Bytes of a vector of <paramref name="dimensions"/> components.</summary>
    public static int Length(int dimensions) => (dimensions * sizeof(float)) + TrailerBytes;

    /// <summary>Writes <paramref name="vector"/> into <paramref name="blob"/>, which has just its <see cref="Length"/>.</summary>
    public static void Write(ReadOnlySpan<float> vector, Span<byte> blob)
    {
        MemoryMarshal.AsBytes(vector).CopyTo(blob);
        blob[^TrailerBytes] = Format;
        BinaryPrimitives.WriteUInt32LittleEndian(blob[^CrcBytes..], SegmentFrame.Crc32C(blob[..^CrcBytes]));
    }

    /// <summary>The components, where they lie in <paramref name="blob"/>; false, with the reason, where its checksum does not hold.</summary>
    public static bool TryRead(ReadOnlySpan<byte> blob, out ReadOnlySpan<float> vector, out string? reason)
    {
        var trailer = blob.Length % sizeof(float) == 0 ? 0 : TrailerBytes;
        reason = blob.Length < trailer || (blob.Length - trailer) % sizeof(float) != 0
            ? string.Create(CultureInfo.InvariantCulture, $"it has {blob.Length} bytes, expected {sizeof(float)} a component and {TrailerBytes} of checksum")
            : trailer == 0 ? null : Fault(blob);
        vector = reason is null ? MemoryMarshal.Cast<byte, float>(blob[..^trailer]) : default;
        return reason is null;
    }

    /// <summary>As <see cref="TryRead"/>, for whoever can go on with nothing but a sound vector of so many components.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Corrupt"/>.</exception>
    public static ReadOnlySpan<float> Read(ReadOnlySpan<byte> blob, long generation, long userKey, int dimensions)
    {
        if (TryRead(blob, out var vector, out var reason) && vector.Length == dimensions)
        {
            return vector;
        }

        throw Damaged(generation, userKey, reason ?? string.Create(CultureInfo.InvariantCulture, $"it has {vector.Length} components, expected {dimensions}"));
    }

    /// <summary>What a reader throws.</summary>
    public static StoreException Damaged(long generation, long userKey, string? reason) =>
        new(StoreFault.Corrupt, $"the representation of user {userKey} in generation {generation} is damaged: {reason}. Run 'lurm check --repair', then 'lurm embed', which makes it anew from the user's history.");

    private static string? Fault(ReadOnlySpan<byte> blob)
    {
        var (stored, computed) = (BinaryPrimitives.ReadUInt32LittleEndian(blob[^CrcBytes..]), SegmentFrame.Crc32C(blob[..^CrcBytes]));
        if (stored != computed)
        {
            return string.Create(CultureInfo.InvariantCulture, $"its checksum is {stored:x8}, expected {computed:x8}");
        }

        return blob[^TrailerBytes] == Format ? null : string.Create(CultureInfo.InvariantCulture, $"its format is {blob[^TrailerBytes]}, expected {Format}");
    }
}
