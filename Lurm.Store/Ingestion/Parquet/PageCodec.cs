using System.IO.Compression;
using K4os.Compression.LZ4;
using Snappier;
using ZstdSharp;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>Decompresses a page into exactly as many bytes as its header promised.</summary>
internal static class PageCodec
{
    /// <summary>A page that becomes larger than <see cref="MaxFreeBytes"/> grows at most so much.</summary>
    private const int MaxRatio = 2_000;

    private const long MaxFreeBytes = 64 * 1024 * 1024;

    /// <summary>Refuses a size that its bytes cannot show for, before there is room made for it.</summary>
    /// <exception cref="InvalidDataException">It is one.</exception>
    public static void CheckSize(Codec codec, int compressed, int uncompressed)
    {
        if (uncompressed > (codec == Codec.None ? compressed : Math.Max(MaxFreeBytes, (long)compressed * MaxRatio)))
        {
            throw new InvalidDataException($"a page says that its {compressed} bytes ({codec}) become {uncompressed}");
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not of this codec, or become more or less than <paramref name="target"/>.</exception>
    public static void Decompress(Codec codec, ReadOnlyMemory<byte> source, Span<byte> target)
    {
        int written;
        try
        {
            written = codec switch
            {
                Codec.None => Copy(source.Span, target),
                Codec.Snappy => Snappy.GetUncompressedLength(source.Span) == target.Length ? Snappy.Decompress(source.Span, target) : -1,
                Codec.Gzip => Gunzip(source, target),
                Codec.Brotli => BrotliDecoder.TryDecompress(source.Span, target, out var length) ? length : -1,
                Codec.Zstandard => Unwrap(source.Span, target),
                Codec.Lz4 => LZ4Codec.Decode(source.Span, target),
                _ => throw new InvalidDataException($"it is compressed by {codec}; expected Snappy, Zstandard, gzip, Brotli, LZ4_RAW or nothing"),
            };
        }
        catch (Exception exception) when (exception is not InvalidDataException and not OutOfMemoryException)
        {
            throw new InvalidDataException($"a page cannot be decompressed ({codec}): {exception.Message}", exception);
        }

        if (written != target.Length)
        {
            throw new InvalidDataException($"a page cannot be decompressed ({codec}) to the {target.Length} bytes that it promises");
        }
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> target) => source.Length == target.Length && source.TryCopyTo(target) ? source.Length : -1;

    private static int Gunzip(ReadOnlyMemory<byte> source, Span<byte> target)
    {
        using var compressed = new MemoryStream(source.ToArray(), writable: false);
        using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        var written = gzip.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        return gzip.ReadByte() < 0 ? written : -1;
    }

    private static int Unwrap(ReadOnlySpan<byte> source, Span<byte> target)
    {
        using var zstandard = new Decompressor();
        return zstandard.Unwrap(source, target);
    }
}
