namespace Lurm.Training.Smen;

/// <summary>How the scales become one representation (the multi-scale aggregation module).</summary>
internal enum ScaleKind
{
    /// <summary>A learned map per scale; each starts in components of its own, and all are free from there.</summary>
    Mapped,

    /// <summary>As mapped, but each scale writes its own anchors and no others, for good.</summary>
    Reserved,

    /// <summary>Every scale fills every anchor, summed with learned weights per anchor.</summary>
    Fusion,
}
