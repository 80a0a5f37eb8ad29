namespace Lurm.Store.Ingestion.Parquet;

/// <summary>What a stored value means, as far as that changes its text.</summary>
internal enum Meaning
{
    /// <summary>What it is stored as.</summary>
    Plain,

    Unsigned,
    Date,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    Decimal,
    Uuid,
    Half,

    /// <summary>Something that has no text here: times of a day, intervals, binary JSON.</summary>
    Other,
}
