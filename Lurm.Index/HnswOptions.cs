using System.ComponentModel.DataAnnotations;

namespace Lurm.Index;

/// <summary>What a graph is built with. Immutable; a change needs a rebuild unless the option says otherwise.</summary>
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

    /// <summary>
    /// With coded storage, how many of the beam's best are ranked again on float32, in multiples of k (at least k + 10). Default 2:
    /// nearly free, and within 0.0015 of ranking the whole beam. Needs no rebuild.
    /// </summary>
    [Range(1, 1000)]
    public int RerankFactor { get; init; } = 2;

    /// <summary>Seed of the level draw; a node's level follows from the seed and its key alone.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Level decay (paper: <c>mL</c>); always 1 / ln(<see cref="MaxLinks"/>).</summary>
    public double LevelDecay => 1.0 / Math.Log(MaxLinks);

    /// <summary>Throws for an option out of its range.</summary>
    internal void Validate()
    {
        Check(Dimensions, 1, 65_536, nameof(Dimensions));
        Check(MaxLinks, 2, 256, nameof(MaxLinks));
        Check(EfConstruction, 8, 10_000, nameof(EfConstruction));
        Check(RerankFactor, 1, 1000, nameof(RerankFactor));
        if (!Enum.IsDefined(Storage))
        {
            throw new ArgumentException($"{nameof(HnswOptions)}.{nameof(Storage)} is {Storage}; it must be Float32, Float16 or Int8.");
        }
    }

    private static void Check(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{nameof(HnswOptions)}.{name} is {value}; it must be from {least} to {most:N0}.");
        }
    }
}
