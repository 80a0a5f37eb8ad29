using System.Globalization;
using System.Text;

namespace Lurm.Campaigns.Floods;

/// <summary>CSV of events that is made as it is read, in time order, for as many bytes as one likes; the same seed gives the same bytes.</summary>
internal sealed class EventFlood(long bytes, int users, int items, Random random) : Stream
{
    private const long FirstTime = 1_577_836_800; // 2020-01-01
    private const long Seconds = 24L * 30 * 86_400;

    private byte[] _pending = "user,item,time\n"u8.ToArray();
    private int _taken;

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    /// <summary>Bytes so far.</summary>
    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        if (_taken == _pending.Length)
        {
            if (Position >= bytes)
            {
                return 0;
            }

            _pending = Encoding.ASCII.GetBytes(Rows(2_000));
            _taken = 0;
        }

        var count = Math.Min(buffer.Length, _pending.Length - _taken);
        _pending.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        Position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Few users have much, many have little, as in shops.
    private string Rows(int rows)
    {
        var text = new StringBuilder(rows * 64);
        var time = FirstTime + (long)((double)Position / bytes * Seconds);
        for (var row = 0; row < rows; row++)
        {
            var user = (int)(Math.Pow(random.NextDouble(), 3) * users);
            var item = (int)(Math.Pow(random.NextDouble(), 2) * items);
            text.Append(CultureInfo.InvariantCulture, $"customer-of-the-flood-{user:D8},article-of-the-flood-{item:D8},{time + random.Next(60)}\n");
        }

        Events += rows;
        return text.ToString();
    }
}
