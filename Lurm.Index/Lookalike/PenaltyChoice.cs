using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>Chooses the penalties of <see cref="LogisticScorer"/> by how well the other seeds find each fifth of the seeds among the background.</summary>
/// <remarks>
/// In place of a logistic fit each candidate is judged by the linear discriminant that its first Newton step gives, w = (C + Λ)⁻¹ m with C the background's
/// covariance, m the mean seed and Λ four times the penalties: ranked alike, and a triangular solve per fold instead of an optimisation.
/// Cost: a Cholesky factor of columns³ / 3 per pair of penalties, shared by the folds; 132 columns take some tens of milliseconds.
/// </remarks>
internal static class PenaltyChoice
{
    private const int Folds = 5;

    /// <summary>Rows looked at, evenly spread: more move a choice between factors of three very little.</summary>
    private const int MostCovarianceRows = 4_000;
    private const int MostRanked = 2_000;
    private const int MostSeeds = 1_000;

    /// <summary>Factors of wider matrices would cost more than fits; bags are as wide, representations are not.</summary>
    private const int MostColumns = 1_030;

    /// <summary>Strongest first: of equals the stronger is taken. By the last the direction is free, by the first it is the centroid's.</summary>
    private static readonly double[] Ridges = [1000, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03];
    private static readonly double[] SideRidges = [30, 3, 0.3];

    /// <summary>Penalties of the representation's columns and of the side columns.</summary>
    /// <param name="seeds">Standardised rows, shape [seeds × columns].</param>
    /// <param name="background">Standardised rows, whose mean is zero.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="sideColumns">How many of them are side features.</param>
    /// <param name="cancellationToken">Checked once per pair of penalties.</param>
    public static (double Penalty, double SidePenalty) Make(ReadOnlyMemory<float> seeds, ReadOnlyMemory<float> background, int columns, int sideColumns, CancellationToken cancellationToken)
    {
        var rows = Spread(seeds, columns, MostSeeds);
        var count = rows.Length / columns;
        (double Ridge, double Side)[] pairs = [.. from ridge in Ridges from side in sideColumns == 0 ? [ridge] : SideRidges select (ridge, side)];
        if (columns > MostColumns)
        {
            // The rule of thumb that the choice improves on.
            var byCount = Math.Max(0.001, 0.5 / (seeds.Length / columns));
            return (byCount, byCount);
        }

        if (count < 2)
        {
            return (pairs[0].Ridge / 4, pairs[0].Side / 4);
        }

        var folds = Math.Min(Folds, count);
        var means = MeansWithout(rows.Span, columns, folds);
        var covariance = Covariance(Spread(background, columns, MostCovarianceRows), columns);
        var ranked = Spread(background, columns, MostRanked);
        var found = new double[pairs.Length];
        Parallel.For(0, pairs.Length, new ParallelOptions { CancellationToken = cancellationToken }, pair =>
        {
            var factor = Cholesky.Of(covariance, columns, column => column < columns - sideColumns ? pairs[pair].Ridge : pairs[pair].Side);
            for (var fold = 0; fold < folds; fold++)
            {
                found[pair] += RankSum(factor.Solve(means[fold]), rows.Span, ranked.Span, columns, fold, folds);
            }
        });
        var best = Array.IndexOf(found, found.Max());
        return (pairs[best].Ridge / 4, pairs[best].Side / 4);
    }

    /// <summary>The share of the background that each seed of a fold outranks, summed.</summary>
    private static double RankSum(float[] weights, ReadOnlySpan<float> seeds, ReadOnlySpan<float> background, int columns, int fold, int folds)
    {
        var scores = new float[background.Length / columns];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = TensorPrimitives.Dot(Rows.Of(background, i, columns), weights);
        }

        Array.Sort(scores);
        var sum = 0.0;
        for (var i = fold; i < seeds.Length / columns; i += folds)
        {
            var at = Array.BinarySearch(scores, TensorPrimitives.Dot(Rows.Of(seeds, i, columns), weights));
            sum += (at < 0 ? ~at : at) / (double)scores.Length;
        }

        return sum;
    }

    /// <summary>Per fold the mean of the seeds outside it; seed i is in fold i mod folds.</summary>
    private static float[][] MeansWithout(ReadOnlySpan<float> seeds, int columns, int folds)
    {
        var count = seeds.Length / columns;
        var sums = Enumerable.Range(0, folds).Select(_ => new float[columns]).ToArray();
        for (var i = 0; i < count; i++)
        {
            for (var fold = 0; fold < folds; fold++)
            {
                if (i % folds != fold)
                {
                    TensorPrimitives.Add(sums[fold], Rows.Of(seeds, i, columns), sums[fold]);
                }
            }
        }

        for (var fold = 0; fold < folds; fold++)
        {
            TensorPrimitives.Divide(sums[fold], count - ((count - fold + folds - 1) / folds), sums[fold]);
        }

        return sums;
    }

    private static float[] Covariance(ReadOnlyMemory<float> rows, int columns)
    {
        var covariance = new float[columns * columns];
        var share = columns / (float)rows.Length;
        Parallel.For(0, columns, column =>
        {
            var sum = covariance.AsSpan(column * columns, columns);
            for (var left = rows.Span; left.Length > 0; left = left[columns..])
            {
                TensorPrimitives.MultiplyAdd(left[..columns], left[column] * share, sum, sum);
            }
        });
        return covariance;
    }

    private static ReadOnlyMemory<float> Spread(ReadOnlyMemory<float> rows, int columns, int most)
    {
        var count = rows.Length / columns;
        if (count <= most)
        {
            return rows;
        }

        var chosen = new float[most * columns];
        for (var i = 0; i < most; i++)
        {
            Rows.Of(rows.Span, (int)((long)i * count / most), columns).CopyTo(chosen.AsSpan(i * columns));
        }

        return chosen;
    }
}
