namespace Lurm.Training.Smen;

/// <summary>How the anchors look at a bag (the multi-anchor module).</summary>
internal enum AnchorKind
{
    /// <summary>Anchors are blocks of one table; a bag's vector is the weighted sum of its interests' rows.</summary>
    Blocks,

    /// <summary>Each anchor weighs the bag's interests by attention: α ∝ value · exp(a_m·E_k); the usual 1/√H is part of the learned a_m.</summary>
    Attention,

    /// <summary>As attention, with an independent sigmoid gate per interest instead of the exponential, and no normalisation.</summary>
    Gate,
}
