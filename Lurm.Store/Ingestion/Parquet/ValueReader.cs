using System.Buffers.Binary;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>The values of a column's pages one after another, each as the bytes that the plain encoding has: little-endian, or the text's own.</summary>
/// <remarks>Spans live until the next value. Values are read as they are asked for, so a page takes no more memory than its bytes.</remarks>
internal sealed class ValueReader(Column column)
{
    private readonly byte[] _scratch = new byte[Math.Max(sizeof(long), column.Type == PhysicalType.FixedBytes ? column.Length : 12)];
    private ValueEncoding _encoding;
    private ReadOnlyMemory<byte> _bytes;
    private int _at;
    private int _count;
    private RunReader _runs;
    private DeltaReader _numbers;
    private DeltaReader _prefixes;
    private byte[] _text = [];
    private int _textBytes;
    private ReadOnlyMemory<byte> _dictionary;
    private int[]? _entries;

    /// <summary>Forgets the dictionary of the chunk before.</summary>
    public void StartChunk() => _entries = null;

    /// <summary>Takes a chunk's dictionary.</summary>
    /// <exception cref="InvalidDataException">It is a second one, or has other values than it says.</exception>
    public void TakeDictionary(ReadOnlyMemory<byte> bytes, int count)
    {
        if (_entries is not null || column.Type == PhysicalType.Boolean)
        {
            throw new InvalidDataException("a second dictionary, or one of booleans");
        }

        // An entry has four bytes, or its width, at least.
        if (count > bytes.Length / Math.Max(1, column.Width == 0 ? sizeof(int) : column.Width))
        {
            throw new InvalidDataException($"a dictionary of {count} values in {bytes.Length} bytes");
        }

        _dictionary = bytes;
        _entries = new int[count];
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            _entries[i] = at;
            Plain(bytes.Span, ref at);
        }
    }

    /// <summary>Takes the values of a page.</summary>
    /// <param name="encoding">How the page has them.</param>
    /// <param name="bytes">They, without levels.</param>
    /// <param name="count">How many there are at most, nulls counted.</param>
    /// <exception cref="InvalidDataException">The encoding is not one for such values, or its head is wrong.</exception>
    public void StartPage(ValueEncoding encoding, ReadOnlyMemory<byte> bytes, int count)
    {
        (_encoding, _bytes, _at, _count) = (encoding, bytes, 0, count);
        switch (encoding)
        {
            case ValueEncoding.Plain:
                return;
            case ValueEncoding.PlainDictionary or ValueEncoding.RunLengthDictionary when _entries is not null:
                _encoding = ValueEncoding.RunLengthDictionary;
                _runs = bytes.IsEmpty ? default : new RunReader(bytes[1..], bytes.Span[0]);
                return;
            case ValueEncoding.RunLength when column.Type == PhysicalType.Boolean:
                _runs = new RunReader(Prefixed(bytes, out _), 1);
                return;
            case ValueEncoding.DeltaBinaryPacked when column.Type is PhysicalType.Int32 or PhysicalType.Int64:
                _numbers = new DeltaReader(bytes);
                return;
            case ValueEncoding.DeltaLengthByteArray when column.Type == PhysicalType.Bytes:
                (_numbers, _bytes) = DeltaReader.Split(bytes, count);
                return;
            case ValueEncoding.DeltaByteArray when column.Type is PhysicalType.Bytes or PhysicalType.FixedBytes:
                (_prefixes, var suffixes) = DeltaReader.Split(bytes, count);
                (_numbers, _bytes) = DeltaReader.Split(suffixes, count);
                _textBytes = 0;
                return;
            case ValueEncoding.ByteStreamSplit when column.Type is not (PhysicalType.Boolean or PhysicalType.Bytes or PhysicalType.Int96):
                _count = bytes.Length / column.Width;
                return;
            default:
                throw new InvalidDataException($"values of type {column.Type} in the encoding {encoding}{(_entries is null ? "" : " with a dictionary")}, which is not read here");
        }
    }

    /// <summary>Bytes behind their length, and the place behind them.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public static ReadOnlyMemory<byte> Prefixed(ReadOnlyMemory<byte> bytes, out int end)
    {
        if (bytes.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(bytes.Span) is var length && (length < 0 || length > bytes.Length - sizeof(int)))
        {
            throw new InvalidDataException("a length is longer than the page");
        }

        end = sizeof(int) + length;
        return bytes[sizeof(int)..end];
    }

    /// <exception cref="EndOfStreamException">The page has no more.</exception>
    public ReadOnlySpan<byte> Next()
    {
        switch (_encoding)
        {
            case ValueEncoding.Plain when column.Type == PhysicalType.Boolean:
                return Boolean((uint)BitReader.Read(_bytes.Span, _at++, 1));
            case ValueEncoding.Plain:
                return Plain(_bytes.Span, ref _at);
            case ValueEncoding.RunLength:
                return Boolean(_runs.Next());
            case ValueEncoding.RunLengthDictionary:
                return Entry(_runs.Next());
            case ValueEncoding.DeltaBinaryPacked:
                BinaryPrimitives.WriteInt64LittleEndian(_scratch, _numbers.Next());
                return _scratch.AsSpan(0, column.Width);
            case ValueEncoding.DeltaLengthByteArray:
                return Take(_numbers.Next());
            case ValueEncoding.DeltaByteArray:
                return Extended(_prefixes.Next(), Take(_numbers.Next()));
            default:
                return Gathered();
        }
    }

    private ReadOnlySpan<byte> Boolean(uint value)
    {
        _scratch[0] = (byte)value;
        return _scratch.AsSpan(0, 1);
    }

    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> bytes, scoped ref int at)
    {
        var length = column.Width;
        if (length == 0)
        {
            length = bytes.Length - at >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]) : throw EndsEarly();
            at += sizeof(int);
        }

        if (length < 0 || length > bytes.Length - at)
        {
            throw EndsEarly();
        }

        at += length;
        return bytes.Slice(at - length, length);
    }

    private ReadOnlySpan<byte> Entry(uint index)
    {
        if (index >= (uint)_entries!.Length)
        {
            throw new InvalidDataException($"value {index} of a dictionary of {_entries.Length}");
        }

        var at = _entries[index];
        return Plain(_dictionary.Span, ref at);
    }

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > _bytes.Length - _at)
        {
            throw EndsEarly();
        }

        _at += (int)length;
        return _bytes.Span.Slice(_at - (int)length, (int)length);
    }

    /// <summary>The front of the value before, and what follows it.</summary>
    private ReadOnlySpan<byte> Extended(long prefix, ReadOnlySpan<byte> suffix)
    {
        if (prefix < 0 || prefix > _textBytes || prefix + suffix.Length > CsvRows.MaxRowBytes)
        {
            throw new InvalidDataException($"a value of the first {prefix} of {_textBytes} bytes and {suffix.Length} more");
        }

        _textBytes = (int)prefix + suffix.Length;
        if (_text.Length < _textBytes)
        {
            Array.Resize(ref _text, Math.Max(_textBytes, 2 * _text.Length));
        }

        suffix.CopyTo(_text.AsSpan((int)prefix));
        return column.Width == 0 || column.Width == _textBytes ? _text.AsSpan(0, _textBytes) : throw new InvalidDataException($"a value of {_textBytes} bytes, expected {column.Width}");
    }

    /// <summary>Byte n of every value lies in the n-th stream.</summary>
    private ReadOnlySpan<byte> Gathered()
    {
        if (_at >= _count)
        {
            throw EndsEarly();
        }

        var bytes = _bytes.Span;
        for (var i = 0; i < column.Width; i++)
        {
            _scratch[i] = bytes[(i * _count) + _at];
        }

        _at++;
        return _scratch.AsSpan(0, column.Width);
    }

    private static EndOfStreamException EndsEarly() => new("the values of a page end early");
}
