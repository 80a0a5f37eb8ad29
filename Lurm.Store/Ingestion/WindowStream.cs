namespace Lurm.Store.Ingestion;

/// <summary>A file of which only a window is read: a reader that leaves it is stopped instead of told, again and again, that the file has ended.</summary>
/// <param name="inner">The file; owned.</param>
internal sealed class WindowStream(Stream inner) : Stream
{
    private long _start;
    private long _end = inner.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <summary>From now on, bytes outside are not read.</summary>
    public void Limit(long start, long end) => (_start, _end) = (start, end);

    /// <exception cref="InvalidDataException">The position is outside the window.</exception>
    public override int Read(Span<byte> buffer)
    {
        var at = inner.Position;
        return buffer.IsEmpty ? 0
            : at >= _start && at < _end ? inner.Read(buffer[..(int)Math.Min(buffer.Length, _end - at)])
            : throw new InvalidDataException($"its pages end at byte {_end}, and values are missing");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush() => inner.Flush();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
