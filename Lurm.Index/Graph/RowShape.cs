namespace Lurm.Index.Graph;

/// <summary>Sizes of one row, which follow from the options.</summary>
internal readonly record struct RowShape
{
    /// <summary>Components that every row is padded to a multiple of, with zeros.</summary>
    public const int Multiple = 16;

    /// <param name="options">Dimensions, links and storage.</param>
    /// <param name="int8Multiple">What int8 rows are padded to a multiple of: 32 in files of format 1, which are read as they are.</param>
    public RowShape(HnswOptions options, int int8Multiple = Multiple)
    {
        Dimensions = options.Dimensions;
        MaxLinks = options.MaxLinks;
        PaddedLength = Padded(Dimensions, Multiple);
        HasCodes = options.Storage != VectorStorage.Float32;
        (WalkLength, WalkStride) = options.Storage switch
        {
            VectorStorage.Int8 => (Padded(Dimensions, int8Multiple), Padded(Dimensions, int8Multiple)),
            VectorStorage.Float16 => (PaddedLength, PaddedLength * 2),
            _ => (PaddedLength, PaddedLength * sizeof(float)),
        };
    }

    public int Dimensions { get; }

    public int MaxLinks { get; }

    /// <summary>Floats of an exact row, padded with zeros to whole registers.</summary>
    public int PaddedLength { get; }

    /// <summary>Whether walks read codes beside the exact rows.</summary>
    public bool HasCodes { get; }

    /// <summary>Padded components of a walk row.</summary>
    public int WalkLength { get; }

    /// <summary>Bytes of a walk row.</summary>
    public int WalkStride { get; }

    private static int Padded(int components, int multiple) => (components + multiple - 1) / multiple * multiple;
}
