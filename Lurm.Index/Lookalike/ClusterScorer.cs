using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>Scores by the nearest of several kinds of seed: k-means of the seeds, each centre standardised on the population, and their soft maximum.</summary>
/// <remarks>For seeds that are several groups: their common centroid may lie where nobody is. Immutable, safe on any number of threads.</remarks>
public sealed class ClusterScorer
{
    private const int MostRounds = 25;
    private const int SeedsPerCluster = 10;

    private readonly LinearScorer[] _centres;
    private readonly double[] _logShares;
    private readonly double _softness;

    private ClusterScorer(LinearScorer[] centres, double[] logShares, double softness)
    {
        _centres = centres;
        _logShares = logShares;
        _softness = softness;
    }

    /// <summary>One linear score per cluster of seeds, in standard deviations of the population; for searching them one by one.</summary>
    public IReadOnlyList<LinearScorer> Centres => _centres;

    /// <summary>Fits the scorer; the same arguments give the same one.</summary>
    /// <param name="seeds">Row-major, shape [seeds × columns], at least one row.</param>
    /// <param name="background">Rows sampled from the whole population, at least one.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="options">Defaults if null.</param>
    /// <param name="cancellationToken">Checked once per round of k-means.</param>
    public static ClusterScorer Fit(ReadOnlySpan<float> seeds, ReadOnlySpan<float> background, int columns, ClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ClusterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Clusters, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Clusters, 20, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Softness, 0.01, nameof(options));
        var count = Rows.Count(seeds, columns, nameof(seeds));
        Rows.Count(background, columns, nameof(background));
        var clusters = Math.Clamp(count / SeedsPerCluster, 1, options.Clusters);
        var mean = Rows.Mean(background, columns);
        var (centres, sizes) = Cluster(seeds, columns, clusters, options.Seed, cancellationToken);
        var scorers = new List<LinearScorer>();
        var logShares = new List<double>();
        for (var c = 0; c < clusters; c++)
        {
            if (sizes[c] > 0)
            {
                scorers.Add(Standardised(centres.AsSpan(c * columns, columns), mean, background, columns));
                logShares.Add(Math.Log((double)sizes[c] / count));
            }
        }

        return new ClusterScorer([.. scorers], [.. logShares], options.Softness);
    }

    /// <summary>The score of one row: near the best of its clusters' scores, in standard deviations of the population; larger is more like the seeds.</summary>
    public float Score(ReadOnlySpan<float> row)
    {
        Span<double> scores = stackalloc double[_centres.Length];
        var best = double.NegativeInfinity;
        for (var c = 0; c < _centres.Length; c++)
        {
            scores[c] = (_centres[c].Score(row) / _softness) + _logShares[c];
            best = Math.Max(best, scores[c]);
        }

        var sum = 0.0;
        foreach (var score in scores)
        {
            sum += Math.Exp(score - best);
        }

        return (float)(_softness * (best + Math.Log(sum)));
    }

    /// <summary>The scores of rows that lie one after the other.</summary>
    public void Score(ReadOnlySpan<float> rows, Span<float> scores)
    {
        var columns = _centres[0].Weights.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, (long)scores.Length * columns, nameof(rows));
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Score(Rows.Of(rows, i, columns));
        }
    }

    /// <summary>A centre's direction from the population's mean, with mean 0 and deviation 1 over the background.</summary>
    private static LinearScorer Standardised(ReadOnlySpan<float> centre, float[] mean, ReadOnlySpan<float> background, int columns)
    {
        var direction = new float[columns];
        TensorPrimitives.Subtract(centre, mean, direction);
        var average = TensorPrimitives.Dot<float>(direction, mean);
        var squares = 0.0;
        var count = background.Length / columns;
        for (var i = 0; i < count; i++)
        {
            var deviation = TensorPrimitives.Dot(Rows.Of(background, i, columns), direction) - average;
            squares += (double)deviation * deviation;
        }

        var spread = (float)Math.Sqrt(squares / count);
        if (spread > 1e-9f)
        {
            TensorPrimitives.Divide(direction, spread, direction);
            average /= spread;
        }

        return new LinearScorer(direction, -average);
    }

    /// <summary>Lloyd's k-means from k-means++ centres.</summary>
    private static (float[] Centres, int[] Sizes) Cluster(ReadOnlySpan<float> rows, int columns, int clusters, int seed, CancellationToken cancellationToken)
    {
        var count = rows.Length / columns;
        var centres = FirstCentres(rows, columns, clusters, new Random(seed));
        var assigned = new int[count];
        var sizes = new int[clusters];
        Array.Fill(assigned, -1);
        for (var round = 0; round < MostRounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var moved = 0;
            for (var i = 0; i < count; i++)
            {
                var (nearest, _) = Nearest(Rows.Of(rows, i, columns), centres, columns, clusters);
                moved += assigned[i] == nearest ? 0 : 1;
                assigned[i] = nearest;
            }

            Array.Clear(sizes);
            var sums = new float[centres.Length];
            for (var i = 0; i < count; i++)
            {
                var sum = sums.AsSpan(assigned[i] * columns, columns);
                TensorPrimitives.Add(sum, Rows.Of(rows, i, columns), sum);
                sizes[assigned[i]]++;
            }

            for (var c = 0; c < clusters; c++)
            {
                if (sizes[c] > 0)
                {
                    TensorPrimitives.Divide(sums.AsSpan(c * columns, columns), sizes[c], centres.AsSpan(c * columns, columns));
                }
            }

            if (moved == 0)
            {
                break;
            }
        }

        return (centres, sizes);
    }

    private static float[] FirstCentres(ReadOnlySpan<float> rows, int columns, int clusters, Random random)
    {
        var count = rows.Length / columns;
        var centres = new float[clusters * columns];
        Rows.Of(rows, random.Next(count), columns).CopyTo(centres);
        var distances = new double[count];
        for (var c = 1; c < clusters; c++)
        {
            var total = 0.0;
            for (var i = 0; i < count; i++)
            {
                distances[i] = Nearest(Rows.Of(rows, i, columns), centres, columns, c).Distance;
                total += distances[i];
            }

            var draw = random.NextDouble() * total;
            var chosen = 0;
            while (chosen < count - 1 && (draw -= distances[chosen]) > 0)
            {
                chosen++;
            }

            Rows.Of(rows, chosen, columns).CopyTo(centres.AsSpan(c * columns));
        }

        return centres;
    }

    private static (int Centre, double Distance) Nearest(ReadOnlySpan<float> row, float[] centres, int columns, int clusters)
    {
        var (nearest, least) = (0, double.PositiveInfinity);
        for (var c = 0; c < clusters; c++)
        {
            double distance = TensorPrimitives.Distance(row, centres.AsSpan(c * columns, columns));
            if (distance * distance < least)
            {
                (nearest, least) = (c, distance * distance);
            }
        }

        return (nearest, least);
    }
}
