namespace Lurm.Store.Ingestion.Parquet;

/// <summary>The header of a page of values or of a dictionary.</summary>
internal readonly record struct PageHeader
{
    private const int DataType = 0;
    private const int DictionaryType = 2;
    private const int SecondVersionType = 3;

    public bool IsDictionary { get; private init; }

    /// <summary>A page of the second version has its levels before the compressed part, their lengths here.</summary>
    public bool IsSecondVersion { get; private init; }

    public int UncompressedBytes { get; private init; }

    public int CompressedBytes { get; private init; }

    /// <summary>CRC-32 of the page as it is stored, where the writer gave one.</summary>
    public uint? Checksum { get; private init; }

    /// <summary>How many values, nulls counted.</summary>
    public int Values { get; private init; }

    public ValueEncoding Encoding { get; private init; }

    public int DefinitionBytes { get; private init; }

    public int RepetitionBytes { get; private init; }

    /// <summary>Whether the values are not compressed though the column is.</summary>
    public bool IsStored { get; private init; }

    /// <exception cref="InvalidDataException">It is the header of another kind of page, or says what cannot be.</exception>
    /// <exception cref="EndOfStreamException">The bytes end within it.</exception>
    public static PageHeader Read(ref ThriftReader reader)
    {
        var header = default(PageHeader);
        var (type, described) = (-1, -1);
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 1:
                    type = reader.Integer32();
                    break;
                case 2:
                    header = header with { UncompressedBytes = reader.Integer32() };
                    break;
                case 3:
                    header = header with { CompressedBytes = reader.Integer32() };
                    break;
                case 4:
                    header = header with { Checksum = (uint)reader.Integer32() };
                    break;
                case 5 or 7 or 8 when described >= 0:
                    throw new InvalidDataException("a page is described twice");
                case 5 or 7 or 8:
                    described = field switch { 5 => DataType, 7 => DictionaryType, _ => SecondVersionType };
                    header = Describe(ref reader, header, described);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type != described || type < 0)
        {
            throw new InvalidDataException($"a page of type {type} is described as one of type {described}");
        }

        header = header with { IsDictionary = type == DictionaryType, IsSecondVersion = type == SecondVersionType };
        return header is { UncompressedBytes: >= 0, CompressedBytes: >= 0, Values: >= 0, DefinitionBytes: >= 0, RepetitionBytes: >= 0 }
            && (long)header.DefinitionBytes + header.RepetitionBytes <= Math.Min(header.CompressedBytes, header.UncompressedBytes)
            ? header
            : throw new InvalidDataException($"a page says it has {header.Values} values in {header.CompressedBytes} bytes that become {header.UncompressedBytes}");
    }

    /// <summary>Reads what is said of the values; the two versions say alike how many there are, and differ in where they say the encoding.</summary>
    private static PageHeader Describe(ref ThriftReader reader, PageHeader header, int type)
    {
        reader.Struct();
        var isSecond = type == SecondVersionType;
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 1:
                    header = header with { Values = reader.Integer32() };
                    break;
                case 2 when !isSecond:
                case 4 when isSecond:
                    header = header with { Encoding = (ValueEncoding)reader.Integer32() };
                    break;
                case 5 when isSecond:
                    header = header with { DefinitionBytes = reader.Integer32() };
                    break;
                case 6 when isSecond:
                    header = header with { RepetitionBytes = reader.Integer32() };
                    break;
                case 7 when isSecond:
                    header = header with { IsStored = !reader.Boolean() };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return header;
    }
}
