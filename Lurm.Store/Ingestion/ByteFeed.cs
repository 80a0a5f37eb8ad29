namespace Lurm.Store.Ingestion;

/// <summary>The bytes of a file or stream, gzip taken off (told from the first two bytes, whatever the name), decompressed on a thread of its own.</summary>
internal sealed class ByteFeed : IDisposable
{
    private readonly Stream _source;
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly long _length;

    private ByteFeed(Stream source, bool leaveOpen)
    {
        _source = source;
        _leaveOpen = leaveOpen;
        _length = source.CanSeek ? source.Length : 0;
        Span<byte> magic = stackalloc byte[2];
        var read = source.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        var taken = magic[..read].ToArray();
        if (source.CanSeek)
        {
            source.Seek(-read, SeekOrigin.Current);
            taken = [];
        }

        IsGzip = read == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        _stream = IsGzip ? ReadAheadStream.Gunzip(taken, source) : taken.Length > 0 ? new FramedStream(taken, source, []) : source;
    }

    /// <summary>Whether it was compressed.</summary>
    public bool IsGzip { get; }

    /// <summary>How much of the source was read, 0 to 1; 0 where its length is not known.</summary>
    public double Fraction => _length > 0 ? Math.Min(1, (double)_source.Position / _length) : 0;

    /// <summary>The bytes, for readers that want a stream.</summary>
    public Stream Stream => _stream;

    /// <summary>Opens a file.</summary>
    /// <exception cref="StoreException">It is not there or cannot be read.</exception>
    public static ByteFeed Open(string path) => new(RowFiles.OpenBytes(path), leaveOpen: false);

    /// <summary>Reads a stream of the caller's, which stays the caller's.</summary>
    public static ByteFeed Of(Stream stream) => new(stream, leaveOpen: true);

    /// <summary>Fills as much of <paramref name="target"/> as comes; 0 at the end.</summary>
    public int Read(Span<byte> target)
    {
        try
        {
            return _stream.Read(target);
        }
        catch (InvalidDataException exception)
        {
            throw new StoreException(StoreFault.Invalid, $"the gzip data is damaged: {exception.Message} Nothing of the batch was stored.", exception);
        }
    }

    public void Dispose()
    {
        if (!ReferenceEquals(_stream, _source))
        {
            _stream.Dispose();
        }

        if (!_leaveOpen)
        {
            _source.Dispose();
        }
    }
}
