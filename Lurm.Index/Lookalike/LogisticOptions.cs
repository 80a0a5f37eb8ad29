using System.ComponentModel.DataAnnotations;

namespace Lurm.Index.Lookalike;

/// <summary>How <see cref="LogisticScorer"/> fits.</summary>
public sealed record LogisticOptions
{
    /// <summary>
    /// How many trailing columns are side features (days since the last event, events per period …). Each is standardised on the
    /// background; the columns before them keep their common scale, which is the representation's geometry. Default 0.
    /// </summary>
    [Range(0, 65_536)]
    public int SideColumns { get; init; }

    /// <summary>
    /// Strength of the L2 penalty per row, on standardised columns. Null, the default: chosen by cross-validation on the seeds, from so strong that rows
    /// rank by inner product with the mean seed, which is best for few seeds, to so weak that thousands of seeds can say what they have to say.
    /// </summary>
    [Range(0, 1000)]
    public double? Penalty { get; init; }

    /// <summary>The same for side features. Null, the default: as <see cref="Penalty"/> where that is given, else chosen with it.</summary>
    [Range(0, 1000)]
    public double? SidePenalty { get; init; }

    /// <summary>Most iterations. Default 60; ten to thirty are the rule.</summary>
    [Range(1, 1000)]
    public int MostIterations { get; init; } = 60;
}
