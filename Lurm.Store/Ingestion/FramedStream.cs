namespace Lurm.Store.Ingestion;

/// <summary>A stream with bytes before and behind it: those that were already taken from it, and a mark. Does not own it.</summary>
internal sealed class FramedStream(byte[] before, Stream stream, byte[] behind) : Stream
{
    private int _before;
    private int _behind;

    /// <summary>Whether any of the bytes behind the stream were given out.</summary>
    public bool IsBehind => _behind > 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = Take(before, ref _before, buffer);
        read = read > 0 || buffer.IsEmpty ? read : stream.Read(buffer);
        return read > 0 ? read : Take(behind, ref _behind, buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static int Take(byte[] bytes, ref int at, Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, bytes.Length - at);
        bytes.AsSpan(at, count).CopyTo(buffer);
        at += count;
        return count;
    }
}
