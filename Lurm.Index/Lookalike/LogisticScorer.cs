using System.Buffers;
using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>Logistic regression of seeds against rows sampled from the population.</summary>
/// <remarks>
/// Seeds and background weigh the same in all, so a score is the log-odds of being a seed against being anyone: 0 is the average of the
/// population and the seeds together, and what both share has no weight. Under a strong penalty, which few seeds get, the direction is that of
/// <see cref="CentroidScorer"/>, and scores stay near 0: little is known. Solved by L-BFGS; 10,000 seeds against 10,000 others of 128
/// columns take some tens of milliseconds, and the choice of the penalty as many.
/// </remarks>
public static class LogisticScorer
{
    /// <summary>Fits the scorer; the same arguments give the same one.</summary>
    /// <param name="seeds">Row-major, shape [seeds × columns], at least one row.</param>
    /// <param name="background">Rows sampled from the whole population, at least one.</param>
    /// <param name="columns">Length of a row, side features included.</param>
    /// <param name="options">Defaults if null.</param>
    /// <param name="cancellationToken">Checked once per pass over the rows.</param>
    /// <returns>Weights and bias for rows as they were given: scaling is folded in.</returns>
    public static LinearScorer Fit(ReadOnlySpan<float> seeds, ReadOnlySpan<float> background, int columns, LogisticOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LogisticOptions();
        Rows.Count(seeds, columns, nameof(seeds));
        Rows.Count(background, columns, nameof(background));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SideColumns, columns, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.SideColumns, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Penalty ?? 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.SidePenalty ?? 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MostIterations, 1, nameof(options));

        var (shift, scale) = Scaling(background, columns, options.SideColumns);
        var scaled = ArrayPool<float>.Shared.Rent(seeds.Length + background.Length);
        float[] solution;
        try
        {
            var (scaledSeeds, scaledBackground) = (scaled.AsMemory(0, seeds.Length), scaled.AsMemory(seeds.Length, background.Length));
            Scale(seeds, columns, shift, scale, scaledSeeds.Span);
            Scale(background, columns, shift, scale, scaledBackground.Span);
            var (penalty, sidePenalty) = options.Penalty is { } told
                ? (told, options.SidePenalty ?? told)
                : PenaltyChoice.Make(scaledSeeds, scaledBackground, columns, options.SideColumns, cancellationToken);
            var penalties = new float[columns];
            penalties.AsSpan(0, columns - options.SideColumns).Fill((float)penalty);
            penalties.AsSpan(columns - options.SideColumns).Fill((float)(options.SidePenalty ?? sidePenalty));
            solution = Lbfgs.Minimise(new LogisticProblem(scaledSeeds, scaledBackground, columns, penalties).Evaluate, columns + 1, options.MostIterations, cancellationToken);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scaled);
        }

        var weights = new float[columns];
        double bias = solution[columns];
        for (var j = 0; j < columns; j++)
        {
            weights[j] = solution[j] * scale[j];
            bias -= (double)weights[j] * shift[j];
        }

        return new LinearScorer(weights, (float)bias);
    }

    /// <summary>Per column what is subtracted and what it is multiplied by: side features by their own spread, the others by their common one.</summary>
    private static (float[] Shift, float[] Scale) Scaling(ReadOnlySpan<float> background, int columns, int sideColumns)
    {
        var shift = Rows.Mean(background, columns);
        var variance = new double[columns];
        var count = background.Length / columns;
        for (var i = 0; i < count; i++)
        {
            var row = Rows.Of(background, i, columns);
            for (var j = 0; j < columns; j++)
            {
                double deviation = row[j] - shift[j];
                variance[j] += deviation * deviation / count;
            }
        }

        var first = columns - sideColumns;
        var common = first == 0 ? 0 : variance.Take(first).Average();
        var scale = new float[columns];
        for (var j = 0; j < columns; j++)
        {
            var spread = Math.Sqrt(j < first ? common : variance[j]);
            scale[j] = spread > 1e-9 ? (float)(1 / spread) : 1f;
        }

        return (shift, scale);
    }

    private static void Scale(ReadOnlySpan<float> rows, int columns, float[] shift, float[] scale, Span<float> scaled)
    {
        for (var at = 0; at < rows.Length; at += columns)
        {
            var target = scaled.Slice(at, columns);
            TensorPrimitives.Subtract(rows.Slice(at, columns), shift, target);
            TensorPrimitives.Multiply(target, scale, target);
        }
    }
}
