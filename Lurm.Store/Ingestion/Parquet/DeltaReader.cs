using Lurm.Store.Histories;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>Whole numbers as differences in blocks of packed miniblocks (DELTA_BINARY_PACKED).</summary>
internal struct DeltaReader
{
    private const int MaxBlock = 1 << 20;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _miniblocks;
    private readonly int _perMiniblock;
    private int _at;
    private long _value;
    private long _read;
    private int _left;
    private int _miniblock;
    private int _widths;
    private int _width;
    private long _minimum;
    private long _bit;

    /// <exception cref="InvalidDataException">The header is none.</exception>
    public DeltaReader(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        var span = bytes.Span;
        var block = BitReader.ReadVarint(span, ref _at);
        var miniblocks = BitReader.ReadVarint(span, ref _at);
        var count = BitReader.ReadVarint(span, ref _at);
        if (block is 0 or > MaxBlock || miniblocks == 0 || miniblocks > block || block % miniblocks != 0 || block / miniblocks % 8 != 0 || count > int.MaxValue)
        {
            throw new InvalidDataException($"differences in blocks of {block} with {miniblocks} parts, {count} in all");
        }

        Count = (int)count;
        _miniblocks = (int)miniblocks;
        _miniblock = _miniblocks;
        _perMiniblock = (int)(block / miniblocks);
        _value = Varint.UnZigZag(BitReader.ReadVarint(span, ref _at));
    }

    /// <summary>How many numbers there are.</summary>
    public int Count { get; }

    /// <summary>Where the bytes behind the numbers start, once all are read.</summary>
    public readonly int End => _at;

    /// <exception cref="EndOfStreamException">There are no more.</exception>
    public long Next()
    {
        if (_read++ == 0)
        {
            return Count > 0 ? _value : throw new EndOfStreamException("numbers end early");
        }

        if (_read > Count)
        {
            throw new EndOfStreamException("numbers end early");
        }

        if (_left == 0)
        {
            NextMiniblock();
        }

        _left--;
        var difference = (long)BitReader.Read(_bytes.Span, _bit, _width);
        _bit += _width;
        return _value = unchecked(_value + _minimum + difference);
    }

    /// <summary>A reader of the numbers, and the bytes behind them.</summary>
    /// <exception cref="InvalidDataException">There are more than <paramref name="most"/>.</exception>
    public static (DeltaReader Numbers, ReadOnlyMemory<byte> Behind) Split(ReadOnlyMemory<byte> bytes, int most)
    {
        var walk = new DeltaReader(bytes);
        if (walk.Count > most)
        {
            throw new InvalidDataException($"{walk.Count} numbers for {most} values");
        }

        for (var i = 0; i < walk.Count; i++)
        {
            walk.Next();
        }

        return (new DeltaReader(bytes), bytes[walk.End..]);
    }

    private void NextMiniblock()
    {
        var span = _bytes.Span;
        if (_miniblock == _miniblocks)
        {
            _minimum = Varint.UnZigZag(BitReader.ReadVarint(span, ref _at));
            _widths = _at;
            _at += _miniblocks;
            _miniblock = 0;
        }

        if (_at > span.Length)
        {
            throw new EndOfStreamException("differences end early");
        }

        _width = span[_widths + _miniblock++];
        if (_width > 64)
        {
            throw new InvalidDataException($"differences of {_width} bits");
        }

        _left = _perMiniblock;
        _bit = _at * 8L;

        // The last part may lack the bytes of numbers that are not there.
        _at = (int)Math.Min(_at + ((long)_perMiniblock * _width / 8), span.Length);
    }
}
