namespace Lurm.Store.Ingestion.Parquet;

/// <summary>How a page is compressed: the format's numbers.</summary>
internal enum Codec
{
    None = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,

    /// <summary>LZ4 in Hadoop's framing, which the format no longer wants written.</summary>
    HadoopLz4 = 5,

    Zstandard = 6,
    Lz4 = 7,
}
