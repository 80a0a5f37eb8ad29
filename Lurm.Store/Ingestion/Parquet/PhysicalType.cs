namespace Lurm.Store.Ingestion.Parquet;

/// <summary>How a value is stored: the format's numbers.</summary>
internal enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,

    /// <summary>A time as older writers have it: nanoseconds of the day and the Julian day.</summary>
    Int96 = 3,

    Float = 4,
    Double = 5,
    Bytes = 6,
    FixedBytes = 7,
}
