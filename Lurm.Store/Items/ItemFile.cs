using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Lurm.Store.Ingestion;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Items;

/// <summary>Reads a file of items twice: once to check every row, once to write it, so that a bad row changes nothing.</summary>
internal sealed class ItemFile(string path, ItemMapping mapping, Connections connections)
{
    /// <summary>Rows written in one transaction: some hundred milliseconds with vectors.</summary>
    private const int RowsPerTransaction = 10_000;

    /// <summary>The longest vector, in components.</summary>
    private const int MaxDimensions = 65_536;

    private readonly List<string> _columns = [.. new[] { mapping.IdColumn, mapping.TitleColumn, mapping.CategoryColumn, mapping.VectorColumn }.OfType<string>().Distinct(StringComparer.Ordinal)];
    private readonly List<float> _vector = [];
    private int _dimensions;

    public long Rows { get; private set; }

    public long Added { get; private set; }

    public long Changed { get; private set; }

    public void Import(CancellationToken cancellationToken)
    {
        if (mapping.TitleColumn is null && mapping.CategoryColumn is null && mapping.VectorColumn is null)
        {
            throw new StoreException(StoreFault.Invalid, "an item file was mapped to ids alone; expected a title, category or vector column.");
        }

        Read(_ => { }, () => { }, cancellationToken);
        var checkedRows = Rows;
        Rows = 0;
        WriteLease? write = null;
        try
        {
            Read(
                row =>
                {
                    write ??= connections.Write(cancellationToken);
                    Write(write.Session, row);
                },
                () =>
                {
                    write?.Commit();
                    write?.Dispose();
                    write = null;
                },
                cancellationToken);
        }
        finally
        {
            write?.Dispose();
        }

        if (Rows != checkedRows)
        {
            throw new StoreException(StoreFault.Conflict, $"'{path}' changed while it was read: {checkedRows} rows, then {Rows}. Import it again.");
        }
    }

    private void Read(Action<RowSource> take, Action pause, CancellationToken cancellationToken)
    {
        _dimensions = 0;
        using var source = RowFiles.Open(path, _columns, _ => true, mapping.Delimiter);
        try
        {
            while (source.Read(cancellationToken))
            {
                Rows++;
                Check(source);
                take(source);
                if (Rows % RowsPerTransaction == 0)
                {
                    pause();
                }
            }
        }
        catch (RowException fault)
        {
            var column = fault.Column is null ? "" : $", column '{fault.Column}'";
            throw new StoreException(StoreFault.Invalid, string.Create(CultureInfo.InvariantCulture, $"'{source.Name}', line {source.Line}{column}: found {fault.Found}, expected {fault.Expected}. Nothing of the file was stored."));
        }

        pause();
    }

    private void Check(RowSource row)
    {
        var id = row[_columns.IndexOf(mapping.IdColumn)];
        if (id.IsEmpty || id.Length > EventBatch.MaxItemBytes || id.ContainsAnyInRange((byte)0, (byte)0x1F) || !Utf8.IsValid(id))
        {
            throw new RowException(mapping.IdColumn, id.IsEmpty ? "nothing" : "no usable id", $"an item id: 1 to {EventBatch.MaxItemBytes} bytes of UTF-8 without control characters");
        }

        foreach (var column in new[] { mapping.TitleColumn, mapping.CategoryColumn })
        {
            if (column is not null && !Utf8.IsValid(row[_columns.IndexOf(column)]))
            {
                throw new RowException(column, "bytes that are no UTF-8", "text");
            }
        }

        if (mapping.VectorColumn is null)
        {
            return;
        }

        ParseVector(row[_columns.IndexOf(mapping.VectorColumn)], mapping.VectorColumn);
        if (_vector.Count > 0 && _dimensions > 0 && _vector.Count != _dimensions)
        {
            throw new RowException(mapping.VectorColumn, $"{_vector.Count} components", $"{_dimensions}, as the rows before have");
        }

        _dimensions = Math.Max(_dimensions, _vector.Count);
    }

    private void ParseVector(ReadOnlySpan<byte> text, string column)
    {
        _vector.Clear();
        var separators = " ,;[]\t"u8;
        while (true)
        {
            var start = text.IndexOfAnyExcept(separators);
            if (start < 0)
            {
                return;
            }

            text = text[start..];
            var end = text.IndexOfAny(separators);
            var word = end < 0 ? text : text[..end];
            if (!Utf8Parser.TryParse(word, out float component, out var used) || used != word.Length || !float.IsFinite(component))
            {
                throw new RowException(column, $"'{Encoding.UTF8.GetString(word[..Math.Min(40, word.Length)])}'", "a finite number");
            }

            if (_vector.Count == MaxDimensions)
            {
                throw new RowException(column, $"more than {MaxDimensions} components", "a shorter vector");
            }

            _vector.Add(component);
            text = text[word.Length..];
        }
    }

    // A column the file does not have keeps what is known; an empty value takes it away.
    private void Write(Session session, RowSource row)
    {
        using var find = session.Prepare("SELECT item_key FROM items WHERE id = ?1");
        var known = find.BindText(1, row[_columns.IndexOf(mapping.IdColumn)]).Step();
        using var write = session.Prepare(known
            ? """
              UPDATE items SET
                  title = iif(?2, ?3, title), category = iif(?4, ?5, category), vector = iif(?6, ?7, vector), text_time = iif(?2 OR ?4, NULL, text_time)
              WHERE id = ?1 AND ((?2 AND title IS NOT ?3) OR (?4 AND category IS NOT ?5) OR (?6 AND vector IS NOT ?7))
              """
            : "INSERT INTO items (id, title, category, vector) SELECT ?1, iif(?2, ?3, NULL), iif(?4, ?5, NULL), iif(?6, ?7, NULL)");
        write.BindText(1, row[_columns.IndexOf(mapping.IdColumn)]);
        BindText(write, 2, mapping.TitleColumn, row);
        BindText(write, 4, mapping.CategoryColumn, row);
        write.Bind(6, mapping.VectorColumn is null ? 0 : 1).BindNull(7);
        if (mapping.VectorColumn is not null && _vector.Count > 0)
        {
            write.BindBlob(7, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_vector)));
        }

        write.Run();
        Added += known ? 0 : 1;
        Changed += known ? session.Changes : 0;
    }

    private void BindText(Statement statement, int parameter, string? column, RowSource row)
    {
        statement.Bind(parameter, column is null ? 0 : 1).BindNull(parameter + 1);
        if (column is null || row[_columns.IndexOf(column)] is not { IsEmpty: false } text)
        {
            return;
        }

        statement.BindText(parameter + 1, EventText.Kept(text));
    }
}
