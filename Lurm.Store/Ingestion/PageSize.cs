using Parquet.Meta;
using Field = Lurm.Store.Ingestion.ParquetTypes.Field;

namespace Lurm.Store.Ingestion;

/// <summary>What the header of a page says about its size.</summary>
internal readonly record struct PageSize
{
    public int UncompressedBytes { get; private init; }

    public int CompressedBytes { get; private init; }

    /// <summary>Bytes of levels before the values that are never compressed; only pages of the second version have them.</summary>
    public int LevelBytes { get; private init; }

    /// <summary>Whether the values are not compressed though the column is.</summary>
    public bool IsStored { get; private init; }

    public int Values { get; private init; }

    public bool IsDictionary { get; private init; }

    /// <exception cref="InvalidDataException">It is not the header of a page of values or of a dictionary.</exception>
    /// <exception cref="EndOfStreamException">The bytes end within it.</exception>
    public static PageSize Read(ref ThriftReader reader)
    {
        var size = default(PageSize);
        var type = -1;
        var described = -1;
        var field = 0;
        while (reader.NextField(ParquetTypes.PageHeader, ref field))
        {
            switch (field)
            {
                case Field.PageType:
                    type = reader.Integer32();
                    break;
                case Field.UncompressedBytes:
                    size = size with { UncompressedBytes = reader.Integer32() };
                    break;
                case Field.CompressedBytes:
                    size = size with { CompressedBytes = reader.Integer32() };
                    break;
                case Field.DataPage:
                    described = (int)PageType.DATA_PAGE;
                    size = size with { Values = ReadValues(ref reader, ParquetTypes.DataPageHeader) };
                    break;
                case Field.DictionaryPage:
                    described = (int)PageType.DICTIONARY_PAGE;
                    size = size with { Values = ReadValues(ref reader, ParquetTypes.DictionaryPageHeader), IsDictionary = true };
                    break;
                case Field.DataPageV2:
                    described = (int)PageType.DATA_PAGE_V2;
                    size = ReadSecondVersion(ref reader, size);
                    break;
                default:
                    reader.SkipField(ParquetTypes.PageHeader.Fields[field - 1]!);
                    break;
            }
        }

        return type >= 0 && type == described ? size : throw new InvalidDataException($"a page of type {type} is described as one of type {described}");
    }

    private static int ReadValues(ref ThriftReader reader, ThriftType header)
    {
        var values = 0;
        var field = 0;
        while (reader.NextField(header, ref field))
        {
            if (field == Field.Values)
            {
                values = reader.Integer32();
            }
            else
            {
                reader.SkipField(header.Fields[field - 1]!);
            }
        }

        return values;
    }

    private static PageSize ReadSecondVersion(ref ThriftReader reader, PageSize size)
    {
        size = size with { Values = 0, LevelBytes = 0, IsStored = false };
        var field = 0;
        while (reader.NextField(ParquetTypes.DataPageHeaderV2, ref field))
        {
            switch (field)
            {
                case Field.Values:
                    size = size with { Values = reader.Integer32() };
                    break;
                case Field.DefinitionBytes or Field.RepetitionBytes:
                    size = size with { LevelBytes = size.LevelBytes + Math.Max(reader.Integer32(), 0) };
                    break;
                case Field.IsCompressed:
                    size = size with { IsStored = !reader.Boolean };
                    break;
                default:
                    reader.SkipField(ParquetTypes.DataPageHeaderV2.Fields[field - 1]!);
                    break;
            }
        }

        return size;
    }
}
