using System.ComponentModel.DataAnnotations;

namespace Lurm.Index;

/// <summary>What a graph is built with. Immutable; a change of any of these needs a rebuild.</summary>
public sealed record HnswOptions
{
    /// <summary>Length of every vector, in components.</summary>
    [Range(1, 65_536)]
    public required int Dimensions { get; init; }

    /// <summary>Links kept per node above layer 0 (paper: <c>M</c>); layer 0 keeps twice as many. Default 16.</summary>
    [Range(2, 256)]
    public int MaxLinks { get; init; } = 16;

    /// <summary>Beam width of an insert (paper: <c>efConstruction</c>), in nodes. Default 200.</summary>
    [Range(8, 10_000)]
    public int EfConstruction { get; init; } = 200;

    /// <summary>What the search walks over. Default <see cref="VectorStorage.Float32"/>.</summary>
    public VectorStorage Storage { get; init; } = VectorStorage.Float32;

    /// <summary>Seed of the level draw; a node's level follows from the seed and its key alone.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Level decay (paper: <c>mL</c>); always 1 / ln(<see cref="MaxLinks"/>).</summary>
    public double LevelDecay => 1.0 / Math.Log(MaxLinks);
}
