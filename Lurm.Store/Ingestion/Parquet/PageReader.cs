using System.IO.Hashing;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>Reads the pages of a column's chunks one after another. Nothing that a header says is believed before the file has the bytes for it.</summary>
/// <param name="stream">The file.</param>
/// <param name="end">Where its pages end at the latest.</param>
internal sealed class PageReader(Stream stream, long end)
{
    /// <summary>A header with statistics has as a rule less than a kilobyte.</summary>
    private const int HeaderBytes = 4 * 1024;

    private const int MaxHeaderBytes = 16 * 1024 * 1024;

    private byte[] _stored = new byte[HeaderBytes];
    private byte[] _page = [];
    private byte[] _dictionary = [];
    private Codec _codec;
    private long _at;
    private long _read;

    /// <summary>What was read of the present page's header.</summary>
    public PageHeader Header { get; private set; }

    /// <summary>The present page's repetition levels; only pages of the second version have them apart.</summary>
    public ReadOnlyMemory<byte> Repetitions { get; private set; }

    /// <summary>Its definition levels, likewise.</summary>
    public ReadOnlyMemory<byte> Definitions { get; private set; }

    /// <summary>The rest of it, decompressed.</summary>
    public ReadOnlyMemory<byte> Values { get; private set; }

    public void Start(Chunk chunk) => (_codec, _at) = (chunk.Codec, chunk.Start);

    /// <summary>Reads the next page.</summary>
    /// <exception cref="InvalidDataException">It is none, is damaged, or is not within the file.</exception>
    public void Next()
    {
        var from = _at;
        Header = ReadHeader();
        if (Header.CompressedBytes > end - _at)
        {
            throw new InvalidDataException($"the page at byte {from} has {Header.CompressedBytes} bytes, and the file {end - _at} more of pages");
        }

        // Where chunks share pages, a small file could go on for ever.
        _read += _at - from + Header.CompressedBytes;
        if (_read > end)
        {
            throw new InvalidDataException("its row groups use the same pages again");
        }

        var codec = Header.IsStored ? Codec.None : _codec;
        PageCodec.CheckSize(codec, Header.CompressedBytes, Header.UncompressedBytes);
        var stored = Read(_at, Header.CompressedBytes);
        _at += Header.CompressedBytes;
        if (Header.Checksum is { } checksum && Crc32.HashToUInt32(stored.Span) is var computed && computed != checksum)
        {
            throw new InvalidDataException($"the page at byte {from} has the checksum {computed:x8}, and its header says {checksum:x8}");
        }

        Repetitions = stored[..Header.RepetitionBytes];
        Definitions = stored.Slice(Header.RepetitionBytes, Header.DefinitionBytes);
        var levels = Header.RepetitionBytes + Header.DefinitionBytes;
        ref var target = ref Header.IsDictionary ? ref _dictionary : ref _page;
        var length = Header.UncompressedBytes - levels;
        Grow(ref target, length);
        PageCodec.Decompress(codec, stored[levels..], target.AsSpan(0, length));
        Values = target.AsMemory(0, length);
    }

    private PageHeader ReadHeader()
    {
        for (var bytes = HeaderBytes; ; bytes = MaxHeaderBytes)
        {
            var here = (int)Math.Min(bytes, end - _at);
            if (here <= 0 || _at < 0)
            {
                throw new InvalidDataException($"a page is to be at byte {_at}, where there are none");
            }

            var reader = new ThriftReader(Read(_at, here).Span);
            try
            {
                var header = PageHeader.Read(ref reader);
                _at += reader.At;
                return header;
            }
            catch (EndOfStreamException) when (bytes < MaxHeaderBytes && here == bytes)
            {
                // Once more with more of it.
            }
        }
    }

    private ReadOnlyMemory<byte> Read(long at, int bytes)
    {
        Grow(ref _stored, bytes);
        stream.Seek(at, SeekOrigin.Begin);
        stream.ReadExactly(_stored, 0, bytes);
        return _stored.AsMemory(0, bytes);
    }

    private static void Grow(ref byte[] buffer, int bytes)
    {
        if (buffer.Length < bytes)
        {
            buffer = new byte[bytes];
        }
    }
}
