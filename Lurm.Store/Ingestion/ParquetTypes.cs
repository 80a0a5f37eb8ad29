using static Lurm.Store.Ingestion.ThriftType;

namespace Lurm.Store.Ingestion;

/// <summary>Structs of a Parquet file's metadata, as the library reads them, by field number.</summary>
/// <remarks>Apache Parquet format 2.12, <c>parquet.thrift</c>.</remarks>
internal static class ParquetTypes
{
    private static readonly ThriftType Empty = Struct();
    private static readonly ThriftType KeyValue = Struct(Binary, Binary);
    private static readonly ThriftType Statistics = Struct(Binary, Binary, I64, I64, Binary, Binary, Bool, Bool);
    private static readonly ThriftType Time = Struct(Bool, Struct(Empty, Empty, Empty));

    private static readonly ThriftType LogicalType = Struct(
        Empty, Empty, Empty, Empty, Struct(I32, I32), Empty, Time, Time, null, Struct(I8, Bool), Empty, Empty, Empty, Empty, Empty,
        Struct(I8), Struct(Binary), Struct(Binary, I32));

    private static readonly ThriftType SizeStatistics = Struct(I64, ListOf(I64), ListOf(I64));
    private static readonly ThriftType GeospatialStatistics = Struct(Struct(F64, F64, F64, F64, F64, F64, F64, F64), ListOf(I32));

    private static readonly ThriftType ColumnMetaData = Struct(
        I32, ListOf(I32), ListOf(Binary), I32, I64, I64, I64, ListOf(KeyValue), I64, I64, I64, Statistics, ListOf(Struct(I32, I32, I32)),
        I64, I32, SizeStatistics, GeospatialStatistics);

    private static readonly ThriftType Encryption = Struct(Binary, Binary, Bool);
    private static readonly ThriftType ColumnChunk = Struct(Binary, I64, ColumnMetaData, I64, I32, I64, I32, Struct(Empty, Struct(ListOf(Binary), Binary)), Binary);
    private static readonly ThriftType RowGroup = Struct(ListOf(ColumnChunk), I64, I64, ListOf(Struct(I32, Bool, Bool)), I64, I64, I16);

    public static readonly ThriftType SchemaElement = Struct(I32, I32, I32, Binary, I32, I32, I32, I32, I32, LogicalType);

    public static readonly ThriftType FileMetaData = Struct(
        I32, ListOf(SchemaElement), I64, ListOf(RowGroup), ListOf(KeyValue), Binary, ListOf(Struct(Empty)), Struct(Encryption, Encryption), Binary);

    public static readonly ThriftType DataPageHeader = Struct(I32, I32, I32, I32, Statistics);
    public static readonly ThriftType DictionaryPageHeader = Struct(I32, I32, Bool);
    public static readonly ThriftType DataPageHeaderV2 = Struct(I32, I32, I32, I32, I32, I32, Bool, Statistics);

    public static readonly ThriftType PageHeader = Struct(I32, I32, I32, I32, DataPageHeader, Empty, DictionaryPageHeader, DataPageHeaderV2);

    /// <summary>Numbers of fields that are looked at.</summary>
    public static class Field
    {
        public const int Schema = 2;
        public const int Children = 5;
        public const int PageType = 1;
        public const int UncompressedBytes = 2;
        public const int CompressedBytes = 3;
        public const int DataPage = 5;
        public const int DictionaryPage = 7;
        public const int DataPageV2 = 8;
        public const int Values = 1;
        public const int DefinitionBytes = 5;
        public const int RepetitionBytes = 6;
        public const int IsCompressed = 7;
    }
}
