namespace Lurm.Store.Ingestion.Parquet;

/// <summary>A leaf of a file's schema: what its values are.</summary>
internal sealed record Column
{
    /// <summary>The name of the field of the row that it belongs to.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is that field itself, and not inside it.</summary>
    public required bool IsWhole { get; init; }

    public required PhysicalType Type { get; init; }

    /// <summary>Bytes of a <see cref="PhysicalType.FixedBytes"/> value.</summary>
    public int Length { get; init; }

    public Meaning Meaning { get; init; }

    /// <summary>Digits behind the point of a <see cref="Meaning.Decimal"/>.</summary>
    public int Scale { get; init; }

    /// <summary>The definition level of a value that is there; 0 where it always is.</summary>
    public required int MaxDefinition { get; init; }

    /// <summary>How many lists it is in.</summary>
    public required int MaxRepetition { get; init; }

    /// <summary>Bytes of a value; 0 where they differ.</summary>
    public int Width => Type switch
    {
        PhysicalType.Boolean => 1,
        PhysicalType.Int32 or PhysicalType.Float => sizeof(int),
        PhysicalType.Int64 or PhysicalType.Double => sizeof(long),
        PhysicalType.Int96 => 12,
        PhysicalType.FixedBytes => Length,
        _ => 0,
    };
}
