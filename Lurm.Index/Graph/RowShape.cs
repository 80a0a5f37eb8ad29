namespace Lurm.Index.Graph;

/// <summary>Sizes of one row, which follow from the options.</summary>
internal readonly record struct RowShape
{
    public RowShape(HnswOptions options)
    {
        Dimensions = options.Dimensions;
        MaxLinks = options.MaxLinks;
        PaddedLength = (Dimensions + 15) / 16 * 16;
        HasCodes = options.Storage != VectorStorage.Float32;
        (WalkLength, WalkStride) = options.Storage switch
        {
            VectorStorage.Int8 => ((Dimensions + 31) / 32 * 32, (Dimensions + 31) / 32 * 32),
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
}
