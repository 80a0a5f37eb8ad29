namespace Lurm.Store.Ingestion.Parquet;

/// <summary>How a page has its values: the format's numbers.</summary>
internal enum ValueEncoding
{
    Plain = 0,
    PlainDictionary = 2,
    RunLength = 3,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RunLengthDictionary = 8,
    ByteStreamSplit = 9,
}
