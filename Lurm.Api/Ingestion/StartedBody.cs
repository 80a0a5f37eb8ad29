using System.Diagnostics;

namespace Lurm.Api.Ingestion;

/// <summary>
/// A request's body whose beginning has been waited for. Who sends slowly is waited for before a heavy worker is taken, where waiting holds nothing
/// but these bytes; once a worker reads, the sender has to keep up.
/// </summary>
internal sealed class StartedBody : Stream
{
    /// <summary>How much is waited for: smaller bodies are read by nobody until they are whole.</summary>
    private const int StartBytes = 256 << 10;

    private const int FirstBytes = 16 << 10;
    private const double MinBytesPerSecond = 32 << 10;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Stream _body;
    private readonly byte[] _start;
    private readonly int _startBytes;
    private int _taken;
    private long _received;
    private TimeSpan _waited;

    private StartedBody(Stream body, byte[] start, int startBytes)
    {
        _body = body;
        _start = start;
        _startBytes = startBytes;
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

    /// <summary>Waits for the first 256 KiB of <paramref name="body"/>, or for all of a smaller one.</summary>
    public static async Task<StartedBody> WaitAsync(Stream body, CancellationToken cancellationToken)
    {
        var start = new byte[FirstBytes];
        var bytes = 0;
        while (bytes < StartBytes)
        {
            if (bytes == start.Length)
            {
                Array.Resize(ref start, Math.Min(start.Length * 4, StartBytes));
            }

            var read = await body.ReadAsync(start.AsMemory(bytes), cancellationToken);
            if (read == 0)
            {
                break;
            }

            bytes += read;
        }

        return new StartedBody(body, start, bytes);
    }

    /// <exception cref="ApiException">408: the client sends too slowly to hold a worker for it.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_taken < _startBytes)
        {
            var count = Math.Min(buffer.Length, _startBytes - _taken);
            _start.AsSpan(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }

        var asked = Stopwatch.GetTimestamp();
        var read = _body.Read(buffer);
        _waited += Stopwatch.GetElapsedTime(asked);
        _received += read;
        return _waited <= Grace + TimeSpan.FromSeconds(_received / MinBytesPerSecond)
            ? read
            : throw new ApiException(StatusCodes.Status408RequestTimeout, "TooSlow", $"The body came at less than {MinBytesPerSecond / 1024:F0} KiB a second. Send it faster, or in batches under {StartBytes >> 10} KiB, which are waited for.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
