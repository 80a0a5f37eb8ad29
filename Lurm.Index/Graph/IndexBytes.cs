namespace Lurm.Index.Graph;

/// <summary>What an index takes, in bytes, by what it is for; reserved, so what a block has room for counts.</summary>
internal sealed record IndexBytes
{
    /// <summary>Link lists of layer 0.</summary>
    public long Links { get; init; }

    /// <summary>Link lists above layer 0.</summary>
    public long UpperLinks { get; init; }

    /// <summary>float16 or int8 rows with their padding; 0 where walks read the float32 rows.</summary>
    public long Codes { get; init; }

    /// <summary>Keys, levels, twins, in-degrees, states.</summary>
    public long Slots { get; init; }

    /// <summary>The table from key to slot.</summary>
    public long KeyMap { get; init; }

    /// <summary>Visited stamps, beams and queries of the pooled searches.</summary>
    public long Searches { get; init; }

    /// <summary>float32 rows with their padding: what coded storage ranks again on.</summary>
    public long Float32 { get; init; }

    /// <summary>All that is not float32 rows.</summary>
    public long BesideFloat32 => Links + UpperLinks + Codes + Slots + KeyMap + Searches;
}
