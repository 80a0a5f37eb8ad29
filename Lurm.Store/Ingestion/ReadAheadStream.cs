using System.Collections.Concurrent;

namespace Lurm.Store.Ingestion;

/// <summary>Reads another stream ahead on a thread of its own, at most <see cref="Blocks"/> blocks: decompression beside parsing. Owns it.</summary>
internal sealed class ReadAheadStream : Stream
{
    private const int Blocks = 8;
    private const int BlockBytes = 256 * 1024;

    private readonly Stream _source;
    private readonly BlockingCollection<Block> _full = new(Blocks);
    private readonly ConcurrentBag<byte[]> _empty = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _reader;
    private Block _current = new([], 0, null);
    private int _at;

    public ReadAheadStream(Stream source)
    {
        _source = source;
        _reader = new Thread(ReadAhead) { IsBackground = true, Name = "lurm read ahead" };
        _reader.Start();
    }

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
        if (_at == _current.Length)
        {
            if (_current.Bytes.Length > 0)
            {
                _empty.Add(_current.Bytes);
            }

            _at = 0;
            if (!_full.TryTake(out _current, Timeout.Infinite))
            {
                _current = new Block([], 0, null);
                return 0;
            }

            if (_current.Fault is { } fault)
            {
                throw fault;
            }
        }

        var count = Math.Min(buffer.Length, _current.Length - _at);
        _current.Bytes.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Cancel();
            _reader.Join();
            _full.Dispose();
            _stop.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadAhead()
    {
        try
        {
            while (true)
            {
                var bytes = _empty.TryTake(out var used) ? used : new byte[BlockBytes];
                var length = _source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                if (length == 0)
                {
                    break;
                }

                _full.Add(new Block(bytes, length, null), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed before the end was read.
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            // Thrown again where it is read, unless nobody reads any more.
            Announce(exception);
        }
        finally
        {
            _full.CompleteAdding();
        }
    }

    private void Announce(Exception exception)
    {
        try
        {
            _full.Add(new Block([], 0, exception), _stop.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private readonly record struct Block(byte[] Bytes, int Length, Exception? Fault);
}
