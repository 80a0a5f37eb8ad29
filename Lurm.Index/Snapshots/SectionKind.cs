namespace Lurm.Index.Snapshots;

/// <summary>What a section of a snapshot holds. The numbers are the file format's.</summary>
internal enum SectionKind
{
    /// <summary>int64 per row.</summary>
    Keys = 1,

    /// <summary>One byte per row.</summary>
    Levels = 2,

    /// <summary>Layer 0: 2 · MaxLinks int32 per row; the row's own number ends a list.</summary>
    Links = 3,

    /// <summary>Layers above: MaxLinks int32 per list, rows in order, level 1 first.</summary>
    UpperLinks = 4,

    /// <summary>float32 per dimension: the steps of int8 codes.</summary>
    Steps = 5,

    /// <summary>One checksum per block of <see cref="Vectors"/>.</summary>
    VectorChecks = 6,

    /// <summary>One checksum per block of <see cref="Codes"/>.</summary>
    CodeChecks = 7,

    /// <summary>Padded float32 rows.</summary>
    Vectors = 8,

    /// <summary>Padded float16 or int8 rows.</summary>
    Codes = 9,
}
