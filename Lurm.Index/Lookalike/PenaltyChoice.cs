using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>The penalties of <see cref="LogisticScorer"/>, chosen by how well the other seeds find each fifth of the seeds among the background.</summary>
/// <remarks>
/// In place of a logistic fit each candidate is judged by the linear discriminant that its first Newton step gives, w = (C + Λ)⁻¹ (m + μ) with C the
/// background's covariance, m the mean seed from the background's mean, μ that mean where weights are drawn to it, and Λ four times the penalties: ranked
/// alike, and a triangular solve per fold instead of an optimisation.
/// What few seeds rank best by is mostly chance. So the choice starts from what is best on the whole for a dozen seeds and goes on to a candidate only where
/// that wins by a standard error, paired by seed.
/// Cost: a Cholesky factor of columns³ / 3 per pair of penalties, shared by the folds; 132 columns take some tens of milliseconds.
/// </remarks>
/// <param name="Penalty">Of the representation's columns.</param>
/// <param name="SidePenalty">Of the side columns.</param>
/// <param name="DrawsToTypical">Whether weights are drawn to the population's mean direction, and not to zero.</param>
internal sealed record PenaltyChoice(double Penalty, double SidePenalty, bool DrawsToTypical)
{
    private const int Folds = 5;

    /// <summary>Rows looked at, evenly spread: more move a choice between factors of three very little.</summary>
    private const int MostCovarianceRows = 4_000;
    private const int MostRanked = 2_000;
    private const int MostSeeds = 1_000;

    /// <summary>Factors of wider matrices would cost more than fits, and nothing is chosen; bags are as wide, representations are not.</summary>
    private const int MostColumns = 1_030;

    /// <summary>Under less than this a linear pull would outgrow the logistic loss, whose slope is bounded.</summary>
    private const double LeastRidgeToDraw = 10;

    private static readonly Candidate Start = new(100, 30, DrawsToTypical: true);

    /// <summary>Strongest first. By the last the direction is free, by the first it is the mean seed's.</summary>
    private static readonly double[] Ridges = [1000, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03];
    private static readonly double[] SideRidges = [30, 3, 0.3];

    /// <summary>Chooses.</summary>
    /// <param name="seeds">Standardised rows, shape [seeds × columns].</param>
    /// <param name="background">Standardised rows, whose mean is zero.</param>
    /// <param name="typical">The background's mean before it was taken away, in the scale of the rows; zero for side columns.</param>
    /// <param name="sideColumns">How many of the columns are side features.</param>
    /// <param name="cancellationToken">Checked once per pair of penalties.</param>
    public static PenaltyChoice Make(ReadOnlyMemory<float> seeds, ReadOnlyMemory<float> background, float[] typical, int sideColumns, CancellationToken cancellationToken)
    {
        var columns = typical.Length;
        var rows = Spread(seeds, columns, MostSeeds);
        var count = rows.Length / columns;
        if (count < 2 || columns > MostColumns)
        {
            return Start.Choice;
        }

        var folds = Math.Min(Folds, count);
        var means = MeansWithout(rows.Span, columns, folds);
        var typicalMeans = Array.ConvertAll(means, mean => Sum(mean, typical));
        var covariance = Covariance(Spread(background, columns, MostCovarianceRows), columns);
        var ranked = Spread(background, columns, MostRanked);
        Candidate[] candidates =
        [
            Start,
            .. from draws in (bool[])[true, false]
               from side in sideColumns == 0 ? [Start.SideRidge] : SideRidges
               from ridge in Ridges
               where ridge >= LeastRidgeToDraw || !draws
               let candidate = new Candidate(ridge, side, draws)
               where candidate != Start
               select candidate,
        ];
        var ranks = new double[candidates.Length][];
        var ofOneFactor = Enumerable.Range(0, candidates.Length).GroupBy(at => (candidates[at].Ridge, candidates[at].SideRidge));
        Parallel.ForEach(ofOneFactor, new ParallelOptions { CancellationToken = cancellationToken }, group =>
        {
            var (ridge, sideRidge) = group.Key;
            var factor = Cholesky.Of(covariance, columns, column => column < columns - sideColumns ? ridge : sideRidge);
            foreach (var at in group)
            {
                ranks[at] = new double[count];
                for (var fold = 0; fold < folds; fold++)
                {
                    Rank(factor.Solve((candidates[at].DrawsToTypical ? typicalMeans : means)[fold]), rows.Span, ranked.Span, columns, fold, folds, ranks[at]);
                }
            }
        });
        var best = 0;
        for (var at = 1; at < candidates.Length; at++)
        {
            best = Wins(ranks[at], ranks[best]) ? at : best;
        }

        return candidates[best].Choice;
    }

    /// <summary>Whether seeds rank higher, in the mean and by more than its standard error.</summary>
    private static bool Wins(double[] ranks, double[] over)
    {
        double[] gains = [.. ranks.Zip(over, (a, b) => a - b)];
        var mean = gains.Average();
        var variance = gains.Sum(gain => (gain - mean) * (gain - mean)) / (gains.Length - 1);
        return mean > Math.Sqrt(variance / gains.Length);
    }

    /// <summary>The share of the background that each seed of a fold outranks.</summary>
    private static void Rank(float[] weights, ReadOnlySpan<float> seeds, ReadOnlySpan<float> background, int columns, int fold, int folds, double[] ranks)
    {
        var scores = new float[background.Length / columns];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = TensorPrimitives.Dot(Rows.Of(background, i, columns), weights);
        }

        Array.Sort(scores);
        for (var i = fold; i < ranks.Length; i += folds)
        {
            var at = Array.BinarySearch(scores, TensorPrimitives.Dot(Rows.Of(seeds, i, columns), weights));
            ranks[i] = (at < 0 ? ~at : at) / (double)scores.Length;
        }
    }

    private static float[] Sum(float[] a, float[] b)
    {
        var sum = new float[a.Length];
        TensorPrimitives.Add(a, b, sum);
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

    private sealed record Candidate(double Ridge, double SideRidge, bool DrawsToTypical)
    {
        public PenaltyChoice Choice => new(Ridge / 4, SideRidge / 4, DrawsToTypical);
    }
}
