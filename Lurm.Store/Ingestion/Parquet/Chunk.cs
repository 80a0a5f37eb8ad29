namespace Lurm.Store.Ingestion.Parquet;

/// <summary>A column's part of a row group.</summary>
/// <param name="Codec">How its pages are compressed.</param>
/// <param name="Values">How many values it has, nulls counted.</param>
/// <param name="Start">Where its first page lies.</param>
/// <param name="IsElsewhere">Whether it lies in another file, or is encrypted.</param>
internal readonly record struct Chunk(Codec Codec, long Values, long Start, bool IsElsewhere)
{
    /// <summary>Values that need no bytes to show for them, and values a byte beyond: nulls and repeated values take next to none.</summary>
    private const long FreeValues = 10_000_000;

    private const long ValuesPerByte = 1_000;

    /// <summary>The most rows or values that a file of so many bytes is believed to have.</summary>
    public static long MostValues(long bytes) => FreeValues + (ValuesPerByte * bytes);

    public static Chunk Read(ref ThriftReader reader)
    {
        var chunk = default(Chunk);
        var isElsewhere = false;
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 1:
                    isElsewhere = reader.Binary().Length > 0;
                    break;
                case 3:
                    reader.Struct();
                    chunk = ReadMetadata(ref reader);
                    break;
                case 8 or 9:
                    isElsewhere = true;
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return chunk with { IsElsewhere = isElsewhere };
    }

    private static Chunk ReadMetadata(ref ThriftReader reader)
    {
        var chunk = default(Chunk);
        long data = 0;
        long dictionary = 0;
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 4:
                    chunk = chunk with { Codec = (Codec)reader.Integer32() };
                    break;
                case 5:
                    chunk = chunk with { Values = reader.Integer() };
                    break;
                case 9:
                    data = reader.Integer();
                    break;
                case 11:
                    dictionary = reader.Integer();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // Some writers say 0 where there is no dictionary.
        return chunk with { Start = dictionary > 0 ? Math.Min(dictionary, data) : data };
    }
}
