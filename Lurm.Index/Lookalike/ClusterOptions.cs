using System.ComponentModel.DataAnnotations;

namespace Lurm.Index.Lookalike;

/// <summary>How <see cref="ClusterScorer"/> divides the seeds.</summary>
public sealed record ClusterOptions
{
    /// <summary>Most clusters; fewer seeds than 10 a cluster give fewer. Default 8.</summary>
    [Range(1, 20)]
    public int Clusters { get; init; } = 8;

    /// <summary>Width of the soft maximum, in standard deviations of the population's scores: small counts the nearest cluster alone. Default 0.5.</summary>
    [Range(0.01, 10)]
    public double Softness { get; init; } = 0.5;

    /// <summary>Seed of the draw of first centres.</summary>
    public int Seed { get; init; } = 1;
}
