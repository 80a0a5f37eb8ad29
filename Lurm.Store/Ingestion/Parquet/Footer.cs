using System.Buffers.Binary;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>The metadata at the end of a file: its columns and where their values lie.</summary>
/// <remarks>Apache Parquet format 2.12: the file ends with the footer, its length (int32, little-endian) and "PAR1".</remarks>
internal sealed class Footer
{
    private const int TailBytes = 8;
    private const int MaxBytes = 64 * 1024 * 1024;
    private const int MaxDepth = 64;

    private readonly List<Column> _columns = [];
    private readonly List<(long Rows, Chunk[] Chunks)> _groups = [];

    /// <summary>The leaves of the schema, in its order.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>Row groups: how many rows, and the chunk of each of <see cref="Columns"/>.</summary>
    public IReadOnlyList<(long Rows, Chunk[] Chunks)> Groups => _groups;

    /// <summary>Where the footer starts: what is before are pages.</summary>
    public long Start { get; private init; }

    /// <exception cref="InvalidDataException">The file does not end with a footer that can be read.</exception>
    public static Footer Read(Stream stream)
    {
        if (stream.Length < TailBytes)
        {
            throw new InvalidDataException($"it has {stream.Length} bytes");
        }

        Span<byte> tail = stackalloc byte[TailBytes];
        stream.Seek(-TailBytes, SeekOrigin.End);
        stream.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (tail[4..].SequenceEqual("PARE"u8))
        {
            throw new InvalidDataException("its footer is encrypted");
        }

        if (!tail[4..].SequenceEqual("PAR1"u8) || length < 1 || length > Math.Min(MaxBytes, stream.Length - TailBytes))
        {
            throw new InvalidDataException("it does not end with a footer, its length and PAR1");
        }

        var bytes = new byte[length];
        var footer = new Footer { Start = stream.Seek(-TailBytes - length, SeekOrigin.End) };
        stream.ReadExactly(bytes);
        try
        {
            footer.ReadFile(new ThriftReader(bytes));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"its footer cannot be read: {exception.Message}", exception);
        }

        return footer;
    }

    private void ReadFile(ThriftReader reader)
    {
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 2 when _columns.Count == 0:
                    ReadSchema(ref reader);
                    break;
                case 4 when _groups.Count == 0:
                    for (var count = reader.Structs(); count > 0; count--)
                    {
                        _groups.Add(ReadGroup(ref reader));
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (_groups.Find(group => group.Chunks.Length != _columns.Count || group.Rows < 0) is { Chunks: { } wrong } group)
        {
            throw new InvalidDataException($"a row group has {group.Rows} rows and {wrong.Length} columns, the schema has {_columns.Count}");
        }
    }

    /// <summary>The schema is a tree, its elements in depth-first order, each with the number of its children.</summary>
    private void ReadSchema(ref ThriftReader reader)
    {
        var open = new Stack<(int Left, string Top, int Definition, int Repetition)>();
        for (var count = reader.Structs(); count > 0; count--)
        {
            var element = SchemaElement.Read(ref reader);
            var depth = open.Count;
            var parent = depth == 0 ? default : open.Pop();
            if (depth > 0)
            {
                open.Push(parent with { Left = parent.Left - 1 });
            }

            // The root is no field; below it are the fields of a row.
            var isRoot = depth == 0;
            var top = depth == 1 ? element.Name : parent.Top;
            var definition = parent.Definition + (!isRoot && element.Repetition != SchemaElement.Required ? 1 : 0);
            var repetition = parent.Repetition + (!isRoot && element.Repetition == SchemaElement.Repeated ? 1 : 0);
            if (element.Children > 0)
            {
                open.Push((element.Children, top, definition, repetition));
            }
            else if (!isRoot && element.Type is { } type)
            {
                _columns.Add(element.ToColumn(type, top, depth == 1, definition, repetition));
            }

            if (open.Count > MaxDepth)
            {
                throw new InvalidDataException($"its schema is more than {MaxDepth} columns deep");
            }

            while (open.TryPeek(out var last) && last.Left <= 0)
            {
                open.Pop();
            }

            if (open.Count == 0 && count > 1)
            {
                throw new InvalidDataException($"its schema has {count - 1} elements behind its last column");
            }
        }
    }

    private static (long Rows, Chunk[] Chunks) ReadGroup(ref ThriftReader reader)
    {
        long rows = 0;
        Chunk[] chunks = [];
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 1:
                    chunks = new Chunk[reader.Structs()];
                    for (var i = 0; i < chunks.Length; i++)
                    {
                        chunks[i] = Chunk.Read(ref reader);
                    }

                    break;
                case 3:
                    rows = reader.Integer();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return (rows, chunks);
    }
}
