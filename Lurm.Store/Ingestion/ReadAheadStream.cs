using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Lurm.Store.Ingestion;

/// <summary>Decompresses gzip on a thread of its own, at most <see cref="Blocks"/> blocks ahead of its reader.</summary>
/// <remarks>
/// .NET's GZipStream takes a file that was cut off for one that ended. So a last member with a random mark is put behind the source's bytes (gzip members
/// may follow one another): only if the source ended where a member ends does the mark come out at the end, from where it is taken away.
/// Where it did not, the mark itself is decompressed as if it were the source's, into anything: so what comes out once the source is read to its end
/// (of a last few kilobytes, some megabytes at most) waits until the mark is seen.
/// </remarks>
internal sealed class ReadAheadStream : Stream
{
    private const int Blocks = 8;
    private const int BlockBytes = 256 * 1024;

    private readonly FramedStream _source;
    private readonly GZipStream _content;
    private readonly BlockingCollection<Block> _full = new(Blocks);
    private readonly ConcurrentBag<byte[]> _empty = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _reader;
    private readonly byte[] _mark;
    private Block _current = new([], 0, null);
    private int _at;

    private ReadAheadStream(FramedStream source, byte[] mark)
    {
        _source = source;
        _content = new GZipStream(source, CompressionMode.Decompress);
        _mark = mark;
        _reader = new Thread(ReadAhead) { IsBackground = true, Name = "lurm read ahead" };
        _reader.Start();
    }

    /// <summary>The content of <paramref name="source"/>, of which the bytes <paramref name="taken"/> were read already; the source stays the caller's.</summary>
    public static ReadAheadStream Gunzip(byte[] taken, Stream source)
    {
        var mark = RandomNumberGenerator.GetBytes(16);
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(mark);
        }

        return new ReadAheadStream(new FramedStream(taken, source, member.ToArray()), mark);
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
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadAhead()
    {
        try
        {
            // What may be the mark stays behind until more comes.
            var held = new byte[_mark.Length];
            var heldBytes = 0;
            var unsure = new List<Block>();
            while (true)
            {
                var bytes = _empty.TryTake(out var used) ? used : new byte[BlockBytes];
                held.AsSpan(0, heldBytes).CopyTo(bytes);
                var length = heldBytes + _content.ReadAtLeast(bytes.AsSpan(heldBytes), bytes.Length - heldBytes, throwOnEndOfStream: false);
                var ended = length < bytes.Length;
                heldBytes = Math.Min(_mark.Length, length);
                bytes.AsSpan(length - heldBytes, heldBytes).CopyTo(held);
                if (length > heldBytes && _source.IsBehind)
                {
                    unsure.Add(new Block(bytes, length - heldBytes, null));
                }
                else if (length > heldBytes)
                {
                    _full.Add(new Block(bytes, length - heldBytes, null), _stop.Token);
                }

                if (!ended)
                {
                    continue;
                }

                if (!held.AsSpan(0, heldBytes).SequenceEqual(_mark))
                {
                    throw new InvalidDataException("It ends before its end, or something else follows it.");
                }

                unsure.ForEach(block => _full.Add(block, _stop.Token));
                break;
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
