using System.Buffers.Binary;

namespace Lurm.Store.Ingestion;

/// <summary>Walks the footer of a Parquet file before the library does: that one believes every length it reads, counts to it, and goes as deep as the schema.</summary>
/// <remarks>Apache Parquet format: the file ends with the footer, its length (int32, little-endian) and "PAR1".</remarks>
internal static class ParquetFooter
{
    private const int TailBytes = 8;
    private const int MaxBytes = 64 * 1024 * 1024;
    private const int MaxDepth = 64;

    /// <summary>Leaves <paramref name="stream"/> at its start.</summary>
    /// <returns>Where the footer starts: what is before it are pages.</returns>
    /// <exception cref="InvalidDataException">The footer is not one that could be read to its end.</exception>
    public static long Check(Stream stream)
    {
        if (stream.Length < TailBytes)
        {
            throw new InvalidDataException($"it has {stream.Length} bytes");
        }

        Span<byte> tail = stackalloc byte[TailBytes];
        stream.Seek(-TailBytes, SeekOrigin.End);
        stream.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length < 1 || length > Math.Min(MaxBytes, stream.Length - TailBytes))
        {
            throw new InvalidDataException("it does not end with a footer, its length and PAR1");
        }

        var bytes = new byte[length];
        var start = stream.Seek(-TailBytes - length, SeekOrigin.End);
        stream.ReadExactly(bytes);
        stream.Seek(0, SeekOrigin.Begin);
        try
        {
            Walk(new ThriftReader(bytes));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"its footer cannot be read: {exception.Message}", exception);
        }

        return start;
    }

    private static void Walk(ThriftReader footer)
    {
        var field = 0;
        while (footer.NextField(ParquetTypes.FileMetaData, ref field))
        {
            if (field == ParquetTypes.Field.Schema)
            {
                Schema(ref footer);
            }
            else
            {
                footer.SkipField(ParquetTypes.FileMetaData.Fields[field - 1]!);
            }
        }
    }

    /// <summary>The schema is a tree, its elements in depth-first order, each with the number of its children.</summary>
    private static void Schema(ref ThriftReader footer)
    {
        var open = new Stack<int>();
        for (var count = footer.ListHeader(ParquetTypes.SchemaElement); count > 0; count--)
        {
            var children = 0;
            var field = 0;
            while (footer.NextField(ParquetTypes.SchemaElement, ref field))
            {
                if (field == ParquetTypes.Field.Children)
                {
                    children = footer.Integer32();
                }
                else
                {
                    footer.SkipField(ParquetTypes.SchemaElement.Fields[field - 1]!);
                }
            }

            open.Push(children);
            if (open.Count > MaxDepth)
            {
                throw new InvalidDataException($"its schema is more than {MaxDepth} columns deep");
            }

            while (open.TryPeek(out var left) && left <= 0)
            {
                open.Pop();
                if (open.TryPop(out left))
                {
                    open.Push(left - 1);
                }
            }
        }
    }
}
