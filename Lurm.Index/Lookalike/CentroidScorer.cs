using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>Scores by the direction from the population's mean to the seeds' mean.</summary>
public static class CentroidScorer
{
    /// <summary>Fits the scorer.</summary>
    /// <param name="seeds">Row-major, shape [seeds × columns], at least one row.</param>
    /// <param name="background">Rows sampled from the whole population, at least one; what all users share cancels out.</param>
    /// <param name="columns">Length of a row.</param>
    /// <returns>A scorer under which the average user scores 0 and the average seed 1.</returns>
    public static LinearScorer Fit(ReadOnlySpan<float> seeds, ReadOnlySpan<float> background, int columns)
    {
        Rows.Count(seeds, columns, nameof(seeds));
        Rows.Count(background, columns, nameof(background));
        var mean = Rows.Mean(background, columns);
        var direction = Rows.Mean(seeds, columns);
        TensorPrimitives.Subtract(direction, mean, direction);
        var length = TensorPrimitives.Dot<float>(direction, direction);
        if (length > 0)
        {
            TensorPrimitives.Divide(direction, length, direction);
        }

        return new LinearScorer(direction, -TensorPrimitives.Dot<float>(direction, mean));
    }
}
