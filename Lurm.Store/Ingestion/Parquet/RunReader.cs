namespace Lurm.Store.Ingestion.Parquet;

/// <summary>Runs of one number and numbers packed eight by eight, in turn (RLE / bit-packing hybrid): levels, indexes into a dictionary, booleans.</summary>
/// <remarks>Numbers are read as they are asked for: a run of billions takes no memory.</remarks>
internal struct RunReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _width;
    private int _at;
    private long _left;
    private bool _isPacked;
    private long _bit;
    private uint _repeated;

    /// <param name="bytes">The runs.</param>
    /// <param name="width">Bits of a number, at most 32; with none, all are 0 and no bytes are needed.</param>
    public RunReader(ReadOnlyMemory<byte> bytes, int width)
    {
        _bytes = bytes;
        _width = width is >= 0 and <= 32 ? width : throw new InvalidDataException($"numbers of {width} bits");
    }

    /// <exception cref="EndOfStreamException">There are no more.</exception>
    public uint Next()
    {
        if (_width == 0)
        {
            return 0;
        }

        while (_left == 0)
        {
            NextRun();
        }

        _left--;
        if (!_isPacked)
        {
            return _repeated;
        }

        var value = (uint)BitReader.Read(_bytes.Span, _bit, _width);
        _bit += _width;
        return value;
    }

    private void NextRun()
    {
        var bytes = _bytes.Span;
        var header = BitReader.ReadVarint(bytes, ref _at);
        var count = (long)Math.Min(header >> 1, int.MaxValue);
        _isPacked = (header & 1) != 0;
        if (_isPacked)
        {
            // The last run may lack the bytes of numbers that nobody asks for.
            _left = count * 8;
            _bit = _at * 8L;
            _at = (int)Math.Min(_at + (count * _width), bytes.Length);
            return;
        }

        _left = count;
        var width = (_width + 7) / 8;
        _repeated = (uint)BitReader.Read(bytes, _at * 8L, width * 8);
        _at += width;
    }
}
