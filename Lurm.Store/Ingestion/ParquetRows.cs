using Lurm.Store.Ingestion.Parquet;

namespace Lurm.Store.Ingestion;

/// <summary>Rows of a Parquet file, a page of each wanted column in memory at a time; of lists, numbers between spaces. Line is the row's number.</summary>
/// <remarks>
/// Our own, since the library for it believes what a file says: it makes room for any size, goes as deep as the schema, and writes numbers over references
/// where a page names the wrong encoding. It is the reference in the tests, with files of Arrow and DuckDB.
/// </remarks>
internal sealed class ParquetRows : RowSource
{
    private const int RowsPerCheck = 4_096;

    private readonly Stream _stream;
    private readonly Footer _footer;
    private readonly ColumnReader?[] _columns;
    private readonly int[] _places;
    private readonly byte[][] _texts;
    private readonly int[] _lengths;
    private int _group = -1;
    private long _row;
    private long _rows;

    /// <param name="stream">The file; owned.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="wanted">A column's name for each slot.</param>
    /// <param name="isRequired">Whether a slot's column must be there.</param>
    public ParquetRows(Stream stream, string name, IReadOnlyList<string> wanted, Predicate<int> isRequired)
        : base(name)
    {
        _stream = stream;
        try
        {
            _footer = Footer.Read(stream);
        }
        catch (InvalidDataException exception)
        {
            throw new StoreException(StoreFault.Invalid, $"'{name}' could not be read as Parquet: {exception.Message}.", exception);
        }

        if (_footer.Groups.Sum(group => (decimal)group.Rows) is var rows && rows > Chunk.MostValues(stream.Length))
        {
            throw new StoreException(StoreFault.Invalid, $"'{name}' says that it has {rows:N0} rows in {stream.Length:N0} bytes, which cannot be.");
        }

        _columns = new ColumnReader?[wanted.Count];
        _places = new int[wanted.Count];
        _texts = [.. wanted.Select(_ => Array.Empty<byte>())];
        _lengths = new int[wanted.Count];
        for (var slot = 0; slot < wanted.Count; slot++)
        {
            var leaves = Enumerable.Range(0, _footer.Columns.Count).Where(place => _footer.Columns[place].Name == wanted[slot]).ToArray();
            if (leaves.Length > 0)
            {
                _places[slot] = leaves[0];
                _columns[slot] = new ColumnReader(stream, Usable([.. leaves.Select(place => _footer.Columns[place])]), _footer.Start);
            }
            else if (isRequired(slot))
            {
                throw new StoreException(StoreFault.NotFound, $"'{name}' has no column '{wanted[slot]}'; it has {string.Join(", ", _footer.Columns.Select(column => $"'{column.Name}'").Distinct())}.");
            }
        }
    }

    public override double Fraction => _group >= _footer.Groups.Count ? 1 : (Math.Max(_group, 0) + (_rows == 0 ? 0.0 : (double)_row / _rows)) / _footer.Groups.Count;

    public override ReadOnlySpan<byte> this[int slot] => _texts[slot].AsSpan(0, _lengths[slot]);

    public override bool Read(CancellationToken cancellationToken)
    {
        while (_row == _rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_group + 1 >= _footer.Groups.Count)
            {
                Each((column, _) => column.End());
                _group = _footer.Groups.Count;
                return false;
            }

            StartGroup();
        }

        if (_row % RowsPerCheck == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        _row++;
        Line++;
        RowException? bad = null;
        for (var slot = 0; slot < _columns.Length; slot++)
        {
            // Every column goes on, also behind one that cannot be used.
            if (_columns[slot] is { } column && !TryTake(slot, column))
            {
                bad ??= new RowException(column.Column.Name, $"more than {CsvRows.MaxRowBytes} bytes", $"at most {CsvRows.MaxRowBytes}");
            }
        }

        return bad is null ? true : throw bad;
    }

    public override void Dispose() => _stream.Dispose();

    private void StartGroup()
    {
        var (rows, chunks) = _footer.Groups[++_group];
        (_row, _rows) = (0, rows);
        if (rows > 0)
        {
            Each((column, place) => column.Start(chunks[place], rows));
        }
    }

    /// <summary>Copies the next text of a column into its slot; false where it is too long.</summary>
    private bool TryTake(int slot, ColumnReader column)
    {
        try
        {
            var text = column.Next();
            var isFit = text.Length <= CsvRows.MaxRowBytes;
            _lengths[slot] = isFit ? text.Length : 0;
            if (_texts[slot].Length < _lengths[slot])
            {
                _texts[slot] = new byte[_lengths[slot]];
            }

            text[.._lengths[slot]].CopyTo(_texts[slot]);
            return isFit;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Unreadable(column, exception);
        }
    }

    private void Each(Action<ColumnReader, int> step)
    {
        for (var slot = 0; slot < _columns.Length; slot++)
        {
            if (_columns[slot] is not { } column)
            {
                continue;
            }

            try
            {
                step(column, _places[slot]);
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
            {
                throw Unreadable(column, exception);
            }
        }
    }

    private StoreException Unreadable(ColumnReader column, Exception exception) =>
        new(StoreFault.Invalid, $"'{Name}', row group {_group}, column '{column.Column.Name}' could not be read: {exception.Message}.", exception);

    /// <summary>The leaf of a field, where that is a value or a list of numbers.</summary>
    private Column Usable(Column[] leaves)
    {
        var column = leaves[0];
        var found = leaves.Length > 1 || (!column.IsWhole && column.MaxRepetition == 0) ? "a struct"
            : column.MaxRepetition > 1 ? "a list of lists"
            : column.MaxRepetition == 1 && column.Type is not (PhysicalType.Float or PhysicalType.Double) && column.Meaning != Meaning.Half ? $"a list of {column.Type}"
            : ValueText.Refuse(column);
        return found is null
            ? column
            : throw new StoreException(StoreFault.Invalid, $"'{Name}', column '{column.Name}': found {found}; expected text, numbers, booleans, dates, times or a list of floats.");
    }
}
