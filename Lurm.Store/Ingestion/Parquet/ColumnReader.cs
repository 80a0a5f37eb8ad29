namespace Lurm.Store.Ingestion.Parquet;

/// <summary>The texts of a column, row after row; of a list, its numbers between spaces. Reads a page at a time.</summary>
/// <remarks>Any exception leaves it unusable: <see cref="InvalidDataException"/> and <see cref="EndOfStreamException"/> where the file is at fault.</remarks>
internal sealed class ColumnReader(Stream stream, Column column, long end)
{
    private readonly PageReader _pages = new(stream, end);
    private readonly ValueReader _values = new(column);
    private readonly bool _isText = ValueText.IsText(column);
    private readonly byte[] _text = new byte[ValueText.MaxBytes];
    private byte[] _list = [];
    private RunReader _repetitions;
    private RunReader _definitions;

    /// <summary>Values left in the chunk, those of the present page not counted.</summary>
    private long _ahead;

    private int _left;

    // Levels of the next value of a list, where they were read already.
    private (int Repetition, int Definition)? _levels;

    public Column Column => column;

    /// <summary>Goes to a row group.</summary>
    /// <exception cref="InvalidDataException">The group before had values left, or this one has other than its rows.</exception>
    public void Start(Chunk chunk, long rows)
    {
        End();
        if (chunk.IsElsewhere || chunk.Values < 0 || chunk.Values > Chunk.MostValues(end) || (column.MaxRepetition == 0 && chunk.Values != rows))
        {
            throw new InvalidDataException(chunk.IsElsewhere ? "it is encrypted, or in another file" : $"it has {chunk.Values} values for {rows} rows");
        }

        _pages.Start(chunk);
        _values.StartChunk();
        _ahead = chunk.Values;
    }

    /// <summary>Leaves a row group.</summary>
    /// <exception cref="InvalidDataException">It has values left.</exception>
    public void End()
    {
        if (_ahead > 0 || _left > 0 || _levels is not null)
        {
            throw new InvalidDataException("the row group has more values than rows");
        }
    }

    /// <summary>The next row's text; empty where it has none. Lives until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (column.MaxRepetition > 0)
        {
            return List();
        }

        var (_, definition) = Levels();
        return definition == column.MaxDefinition ? Text() : [];
    }

    private ReadOnlySpan<byte> List()
    {
        var length = 0;
        var isFirst = true;
        while (isFirst || _ahead > 0 || _left > 0 || _levels is not null)
        {
            var (repetition, definition) = _levels ?? Levels();
            if (!isFirst && repetition == 0)
            {
                _levels = (repetition, definition);
                break;
            }

            if (isFirst && repetition != 0)
            {
                throw new InvalidDataException("a list starts in its middle");
            }

            isFirst = false;
            _levels = null;
            if (definition == column.MaxDefinition)
            {
                Append(Text(), ref length);
            }
        }

        return _list.AsSpan(0, length);
    }

    /// <summary>One more than may be is kept, so that whoever takes the text sees that it is too long.</summary>
    private void Append(ReadOnlySpan<byte> number, ref int length)
    {
        if (length > CsvRows.MaxRowBytes)
        {
            return;
        }

        if (length + number.Length + 1 > _list.Length)
        {
            Array.Resize(ref _list, Math.Max(1_024, 2 * _list.Length));
        }

        if (length > 0)
        {
            _list[length++] = (byte)' ';
        }

        number.CopyTo(_list.AsSpan(length));
        length += number.Length;
    }

    private ReadOnlySpan<byte> Text()
    {
        var value = _values.Next();
        return _isText ? value : _text.AsSpan(0, ValueText.Write(column, value, _text));
    }

    private (int Repetition, int Definition) Levels()
    {
        while (_left == 0)
        {
            NextPage();
        }

        _left--;
        var repetition = column.MaxRepetition > 0 ? _repetitions.Next() : 0;
        var definition = column.MaxDefinition > 0 ? _definitions.Next() : 0;
        return repetition <= column.MaxRepetition && definition <= column.MaxDefinition
            ? ((int)repetition, (int)definition)
            : throw new InvalidDataException($"levels {repetition} and {definition}, expected at most {column.MaxRepetition} and {column.MaxDefinition}");
    }

    private void NextPage()
    {
        if (_ahead == 0)
        {
            throw new EndOfStreamException("it has fewer values than rows");
        }

        _pages.Next();
        var header = _pages.Header;
        if (header.IsDictionary)
        {
            _values.TakeDictionary(_pages.Values, header.Values);
            return;
        }

        if (header.Values > _ahead)
        {
            throw new InvalidDataException($"a page has {header.Values} values, and {_ahead} are to come");
        }

        var (repetitions, definitions, values) = (_pages.Repetitions, _pages.Definitions, _pages.Values);
        if (!header.IsSecondVersion)
        {
            repetitions = FirstVersionLevels(column.MaxRepetition, ref values);
            definitions = FirstVersionLevels(column.MaxDefinition, ref values);
        }

        _repetitions = new RunReader(repetitions, BitWidth(column.MaxRepetition));
        _definitions = new RunReader(definitions, BitWidth(column.MaxDefinition));
        _values.StartPage(header.Encoding, values, header.Values);
        _left = header.Values;
        _ahead -= header.Values;
    }

    /// <summary>Levels lie before the values, behind their length.</summary>
    private static ReadOnlyMemory<byte> FirstVersionLevels(int max, ref ReadOnlyMemory<byte> values)
    {
        if (max == 0)
        {
            return default;
        }

        var levels = ValueReader.Prefixed(values, out var end);
        values = values[end..];
        return levels;
    }

    private static int BitWidth(int max) => max == 0 ? 0 : 32 - int.LeadingZeroCount(max);
}
