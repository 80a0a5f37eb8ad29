using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace Lurm.Store.Ingestion;

/// <summary>Rows of a Parquet file, one row group in memory at a time; of lists, numbers between spaces. Line is the row's number.</summary>
internal sealed class ParquetRows : RowSource
{
    /// <summary>A group lies in memory as a whole; writers make groups of about a million rows.</summary>
    private const int MaxGroupRows = 10_000_000;

    /// <summary>Values of lists that need no bytes to show for them: levels and repeated values take next to none.</summary>
    private const long FreeListValues = 1_000_000;

    private const int ListValuesPerByte = 16;

    private readonly ParquetReader _reader;
    private readonly ParquetSchema _schema;
    private readonly WindowStream _stream;
    private readonly ParquetPages _pages;
    private readonly Field?[] _fields;
    private readonly Func<int, string?>?[] _columns;
    private readonly byte[][] _texts;
    private int _group = -1;
    private int _row;
    private int _rows;

    /// <param name="stream">The file; owned.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="wanted">A column's name for each slot.</param>
    /// <param name="isRequired">Whether a slot's column must be there.</param>
    public ParquetRows(Stream stream, string name, IReadOnlyList<string> wanted, Predicate<int> isRequired)
        : base(name)
    {
        _stream = new WindowStream(stream);
        try
        {
            _pages = new ParquetPages(stream, ParquetFooter.Check(stream));
            _reader = ParquetReader.CreateAsync(_stream).GetAwaiter().GetResult();
            _schema = _reader.Schema;
        }
        catch (Exception exception) when (exception is not StoreException and not OutOfMemoryException)
        {
            // Whatever the library throws on bytes that are no Parquet, it is the file that is at fault.
            throw new StoreException(StoreFault.Invalid, $"'{name}' could not be read as Parquet: {exception.Message}", exception);
        }

        _fields = new Field?[wanted.Count];
        _columns = new Func<int, string?>?[wanted.Count];
        _texts = new byte[wanted.Count][];
        for (var slot = 0; slot < wanted.Count; slot++)
        {
            _fields[slot] = _schema.Fields.FirstOrDefault(field => field.Name == wanted[slot]);
            if (_fields[slot] is null && isRequired(slot))
            {
                throw new StoreException(StoreFault.NotFound, $"'{name}' has no column '{wanted[slot]}'; it has {string.Join(", ", _schema.Fields.Select(field => $"'{field.Name}'"))}.");
            }
        }
    }

    public override double Fraction => _reader.RowGroupCount == 0 ? 1 : (_group + (_rows == 0 ? 1.0 : (double)_row / _rows)) / _reader.RowGroupCount;

    public override ReadOnlySpan<byte> this[int slot] => _texts[slot];

    public override bool Read(CancellationToken cancellationToken)
    {
        while (_row == _rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++_group >= _reader.RowGroupCount)
            {
                _group = _reader.RowGroupCount;
                return false;
            }

            ReadGroup();
        }

        _row++;
        Line++;
        RowException? bad = null;
        for (var slot = 0; slot < _columns.Length; slot++)
        {
            // Every column goes on, also behind one that cannot be used.
            var text = _columns[slot]?.Invoke(_row - 1) ?? "";
            if (text.Length > CsvRows.MaxRowBytes)
            {
                bad ??= new RowException(_fields[slot]!.Name, $"{text.Length} characters", $"at most {CsvRows.MaxRowBytes}");
                text = "";
            }

            _texts[slot] = text.Length > 0 ? Encoding.UTF8.GetBytes(text) : [];
        }

        return bad is null ? true : throw bad;
    }

    public override void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    private void ReadGroup()
    {
        using var group = OpenGroup();
        _rows = (int)group.RowCount;
        _row = 0;
        for (var slot = 0; slot < _fields.Length; slot++)
        {
            try
            {
                _columns[slot] = _fields[slot] switch
                {
                    null => null,
                    ListField { Item: DataField item } => List(group, item),
                    DataField field => Flat(group, field),
                    var other => throw new StoreException(StoreFault.Invalid, $"'{Name}', column '{other.Name}': found a {other.GetType().Name}; expected text, numbers, dates or a list of numbers."),
                };
            }
            catch (Exception exception) when (exception is not StoreException and not OutOfMemoryException)
            {
                throw new StoreException(StoreFault.Invalid, $"'{Name}', row group {_group}, column '{_fields[slot]!.Name}' could not be read: {exception.Message}", exception);
            }
        }
    }

    private ParquetRowGroupReader OpenGroup()
    {
        try
        {
            var group = _reader.OpenRowGroupReader(_group);
            return group.RowCount is >= 0 and <= MaxGroupRows
                ? group
                : throw new StoreException(StoreFault.Invalid, $"'{Name}', row group {_group}: found {group.RowCount} rows; expected at most {MaxGroupRows:N0}. Write it again with smaller row groups.");
        }
        catch (Exception exception) when (exception is not StoreException and not OutOfMemoryException)
        {
            throw new StoreException(StoreFault.Invalid, $"'{Name}', row group {_group} could not be read: {exception.Message}", exception);
        }
    }

    private Func<int, string?> Flat(ParquetRowGroupReader group, DataField field)
    {
        CheckPages(group, field);
        if (field.ClrType == typeof(ReadOnlyMemory<byte>) || field.ClrType == typeof(byte[]))
        {
            // Text that its writer did not mark as text.
            return Values<ReadOnlyMemory<byte>>(group, field, value => Encoding.UTF8.GetString(value.Span));
        }

        if (field.ClrType == typeof(ReadOnlyMemory<char>) || field.ClrType == typeof(string))
        {
            return Values<ReadOnlyMemory<char>>(group, field, value => value.ToString());
        }

        return Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Boolean => Values<bool>(group, field, value => value ? "true" : "false"),
            TypeCode.SByte => Numbers<sbyte>(group, field),
            TypeCode.Byte => Numbers<byte>(group, field),
            TypeCode.Int16 => Numbers<short>(group, field),
            TypeCode.UInt16 => Numbers<ushort>(group, field),
            TypeCode.Int32 => Numbers<int>(group, field),
            TypeCode.UInt32 => Numbers<uint>(group, field),
            TypeCode.Int64 => Numbers<long>(group, field),
            TypeCode.UInt64 => Numbers<ulong>(group, field),
            TypeCode.Single => Numbers<float>(group, field),
            TypeCode.Double => Numbers<double>(group, field),
            TypeCode.Decimal => Numbers<decimal>(group, field),
            TypeCode.DateTime => Values<DateTime>(group, field, value => value.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture)),
            _ when field.ClrType == typeof(DateOnly) => Values<DateOnly>(group, field, value => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            _ => throw new StoreException(StoreFault.Invalid, $"'{Name}', column '{field.Name}': found {field.ClrType.Name}; expected text, numbers, booleans, dates or a list of numbers."),
        };
    }

    private Func<int, string?> Numbers<T>(ParquetRowGroupReader group, DataField field)
        where T : struct, IFormattable =>
        Values<T>(group, field, value => value.ToString(null, CultureInfo.InvariantCulture));

    private Func<int, string?> Values<T>(ParquetRowGroupReader group, DataField field, Func<T, string> format)
        where T : struct
    {
        var values = new T[_rows];
        var levels = field.MaxDefinitionLevel > 0 ? new int[_rows] : null;
        group.ReadRawAsync(field, values.AsMemory(), levels?.AsMemory(), null).AsTask().GetAwaiter().GetResult();
        if (levels is null)
        {
            return row => format(values[row]);
        }

        // Values lie packed, without nulls; rows are asked for in order.
        var next = 0;
        return row => levels[row] == field.MaxDefinitionLevel ? format(values[next++]) : null;
    }

    private Func<int, string?> List(ParquetRowGroupReader group, DataField item) => item.ClrType == typeof(double)
        ? Lists<double>(group, item)
        : item.ClrType == typeof(float)
            ? Lists<float>(group, item)
            : throw new StoreException(StoreFault.Invalid, $"'{Name}', column '{item.Path}': found a list of {item.ClrType.Name}; expected one of float or double.");

    private Func<int, string?> Lists<T>(ParquetRowGroupReader group, DataField item)
        where T : struct, IFormattable
    {
        // As many levels as the chunk has values, nulls and empty lists counted.
        var count = CheckPages(group, item);
        var values = new T[count];
        var definitions = new int[count];
        var repetitions = new int[count];
        group.ReadRawAsync<T>(item, values, definitions.AsMemory(), repetitions.AsMemory()).AsTask().GetAwaiter().GetResult();
        var lists = new string?[_rows];
        var text = new StringBuilder();
        var row = -1;
        var value = 0;
        for (var i = 0; i < count; i++)
        {
            if (repetitions[i] == 0)
            {
                Keep(lists, row++, text);
            }

            if (definitions[i] == item.MaxDefinitionLevel)
            {
                text.Append(text.Length > 0 ? " " : "").Append(values[value++].ToString(null, CultureInfo.InvariantCulture));
            }
        }

        Keep(lists, row, text);
        return at => lists[at];
    }

    /// <summary>Checks a column's pages, and lets the library read those alone.</summary>
    /// <returns>How many values they have.</returns>
    private int CheckPages(ParquetRowGroupReader group, DataField field)
    {
        var column = group.GetMetadata(field)?.MetaData ?? throw new InvalidDataException("the group has no such column");
        var pages = _pages.Check(column);
        if (field.MaxRepetitionLevel == 0 ? column.NumValues != _rows : column.NumValues > Math.Min(FreeListValues + ListValuesPerByte * pages.UncompressedBytes, Array.MaxLength))
        {
            throw new InvalidDataException($"it has {column.NumValues} values for {_rows} rows, in pages of {pages.UncompressedBytes} bytes");
        }

        _stream.Limit(pages.Start, pages.End);
        return (int)column.NumValues;
    }

    private static void Keep(string?[] lists, int row, StringBuilder text)
    {
        if (row >= 0 && row < lists.Length)
        {
            lists[row] = text.ToString();
        }

        text.Clear();
    }
}
