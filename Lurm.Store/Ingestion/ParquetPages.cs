using System.Globalization;
using Parquet.Meta;

namespace Lurm.Store.Ingestion;

/// <summary>Walks the headers of a column's pages before the library reads them: that one makes room for whatever size they give, and follows them out of the file.</summary>
/// <param name="stream">The file.</param>
/// <param name="end">Where its pages end at the latest.</param>
internal sealed class ParquetPages(Stream stream, long end)
{
    /// <summary>A header with statistics has as a rule less than a kilobyte.</summary>
    private const int HeaderBytes = 4 * 1024;

    private const int MaxHeaderBytes = 16 * 1024 * 1024;

    /// <summary>A page that becomes larger than <see cref="MaxFreeBytes"/> grows at most so much.</summary>
    private const int MaxRatio = 2_000;

    private const long MaxFreeBytes = 64 * 1024 * 1024;

    private byte[] _buffer = new byte[HeaderBytes];

    /// <summary>Where the pages of a column's chunk lie, from the first header to the end of the last page, and how long they become.</summary>
    /// <exception cref="InvalidDataException">A page is not within the file, or holds what its header cannot mean.</exception>
    public (long Start, long End, long UncompressedBytes) Check(ColumnMetaData column)
    {
        var start = new[] { column.DictionaryPageOffset ?? 0, column.DataPageOffset, column.IndexPageOffset ?? 0 }.Where(offset => offset != 0).DefaultIfEmpty(-1).Min();
        if (start < 0)
        {
            throw new InvalidDataException("no page has a place in the file");
        }

        var at = start;
        long values = 0;
        long uncompressed = 0;
        while (values < column.NumValues)
        {
            var (header, bytes) = Header(at);
            at += bytes;
            if (header.CompressedBytes < 0 || header.CompressedBytes > end - at)
            {
                throw new InvalidDataException(Text($"the page at byte {at} has {header.CompressedBytes} bytes, and the file {end - at} more of pages"));
            }

            CheckSize(header, column.Codec, at);
            values += header.IsDictionary ? 0 : header.Values;
            if (values > column.NumValues)
            {
                throw new InvalidDataException(Text($"its pages up to byte {at} have {values} values, its metadata says {column.NumValues}"));
            }

            at += header.CompressedBytes;
            uncompressed += header.UncompressedBytes;
        }

        return (start, at, uncompressed);
    }

    private void CheckSize(in PageSize header, CompressionCodec codec, long at)
    {
        // Every value of a dictionary has a byte at least.
        if (header.Values < 0 || (header.IsDictionary && header.Values > header.UncompressedBytes) || header.LevelBytes < 0 || header.LevelBytes > header.CompressedBytes)
        {
            throw new InvalidDataException(Text($"the page at byte {at} says it has {header.Values} values in {header.UncompressedBytes} bytes"));
        }

        var most = codec == CompressionCodec.UNCOMPRESSED ? header.CompressedBytes : Math.Max(MaxFreeBytes, (long)header.CompressedBytes * MaxRatio);
        var unfolded = Math.Max(header.UncompressedBytes, Unfolded(header, codec, at));
        if (header.UncompressedBytes < 0 || unfolded > most)
        {
            throw new InvalidDataException(Text($"the page at byte {at} says that its {header.CompressedBytes} bytes ({codec}) become {unfolded}"));
        }
    }

    /// <summary>How long the compressed bytes themselves say they will be, for the codecs whose reader makes room for that; 0 for others.</summary>
    private long Unfolded(in PageSize header, CompressionCodec codec, long at)
    {
        var bytes = header.IsStored ? 0 : header.CompressedBytes - header.LevelBytes;
        return codec switch
        {
            CompressionCodec.SNAPPY => CompressedSize.OfSnappy(Read(at + header.LevelBytes, Math.Min(bytes, CompressedSize.SnappyHeadBytes))),
            CompressionCodec.ZSTD => CompressedSize.OfZstandard(Read(at + header.LevelBytes, bytes)),
            _ => 0,
        };
    }

    private (PageSize Header, int Bytes) Header(long at)
    {
        for (var bytes = HeaderBytes; ; bytes = MaxHeaderBytes)
        {
            var here = (int)Math.Min(bytes, end - at);
            if (here <= 0)
            {
                throw new InvalidDataException(Text($"a page is to be at byte {at}, where there are none"));
            }

            var header = new ThriftReader(Read(at, here));
            try
            {
                return (PageSize.Read(ref header), header.At);
            }
            catch (EndOfStreamException) when (bytes < MaxHeaderBytes && here == bytes)
            {
                // Once more with more of it.
            }
        }
    }

    private ReadOnlySpan<byte> Read(long at, int bytes)
    {
        if (_buffer.Length < bytes)
        {
            _buffer = new byte[bytes];
        }

        stream.Seek(at, SeekOrigin.Begin);
        stream.ReadExactly(_buffer, 0, bytes);
        return _buffer.AsSpan(0, bytes);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
