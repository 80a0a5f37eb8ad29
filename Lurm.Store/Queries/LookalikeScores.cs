using System.Numerics.Tensors;
using Lurm.Index.Lookalike;

namespace Lurm.Store.Queries;

/// <summary>Fits a method on seeds and a background drawn from everyone, and scores every row of a matrix.</summary>
internal sealed class LookalikeScores(LurmDatabase database, AudienceMatrix matrix, QueryBags bags, int seed, CancellationToken cancellationToken)
{
    /// <summary>Seeds that a fit looks at; more move the answer by less than the draw of the background does.</summary>
    private const int MaxSeeds = 10_000;

    /// <summary>Scores of all rows. <paramref name="seeds"/>: rows, ascending.</summary>
    public float[] Score(LookalikeMethod method, int[] seeds) => method switch
    {
        LookalikeMethod.Logistic => Logistic(seeds),
        LookalikeMethod.Clusters => Clusters(seeds),
        LookalikeMethod.Centroid => Centroid(seeds),
        LookalikeMethod.LogOdds => LogOdds(seeds),
        LookalikeMethod.Ensemble => Ensemble(seeds),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "expected a method"),
    };

    private float[] Logistic(int[] seeds)
    {
        var options = new LogisticOptions { SideColumns = AudienceMatrix.SideColumns };
        using var drawn = matrix.Gather(Draw(seeds), matrix.Columns);
        using var background = matrix.Gather(matrix.Background(seed).Rows, matrix.Columns);
        return Linear(LogisticScorer.Fit(drawn.Span, background.Span, matrix.Columns, options, cancellationToken));
    }

    private float[] Centroid(int[] seeds)
    {
        using var drawn = matrix.Gather(Draw(seeds), matrix.Dimensions);
        using var background = matrix.Gather(matrix.Background(seed).Rows, matrix.Dimensions);
        return Linear(CentroidScorer.Fit(drawn.Span, background.Span, matrix.Dimensions));
    }

    private float[] Clusters(int[] seeds)
    {
        using var drawn = matrix.Gather(Draw(seeds), matrix.Dimensions);
        using var background = matrix.Gather(matrix.Background(seed).Rows, matrix.Dimensions);
        var scorer = ClusterScorer.Fit(drawn.Span, background.Span, matrix.Dimensions, new ClusterOptions { Seed = seed }, cancellationToken);
        return Each((row, _) => scorer.Score(row[..matrix.Dimensions]));
    }

    private float[] LogOdds(int[] seeds)
    {
        var weights = InterestOdds.Of(database, bags, Array.ConvertAll(seeds, row => matrix.Keys[row]), cancellationToken).ToWeights();
        var scores = new float[matrix.Count];
        var row = 0;
        Encoders.BagBuilder? builder = null;
        database.ReadHistories(
            (user, entries) =>
            {
                while (row < matrix.Count && matrix.Keys[row] < user)
                {
                    row++;
                }

                if (row == matrix.Count || matrix.Keys[row] != user)
                {
                    return;
                }

                builder = bags.LifetimeBuilder(entries, builder);
                builder.Build(entries);
                var bag = builder[0];
                var sum = 0f;
                foreach (var interest in bag.Keys)
                {
                    sum += weights[interest];
                }

                scores[row] = sum;
            },
            cancellationToken: cancellationToken);
        return scores;
    }

    private float[] Ensemble(int[] seeds)
    {
        var mean = new float[matrix.Count];
        var all = Enumerable.Range(0, matrix.Count).ToArray();
        LookalikeMethod[] methods = [LookalikeMethod.Logistic, LookalikeMethod.LogOdds];
        foreach (var method in methods)
        {
            var order = Ranking.Best(Score(method, seeds), all, matrix.Count);
            for (var rank = 0; rank < order.Length; rank++)
            {
                mean[order[rank]] += (order.Length - 1 - rank) / (float)(Math.Max(1, order.Length - 1) * methods.Length);
            }
        }

        return mean;
    }

    private float[] Linear(LinearScorer scorer)
    {
        var weights = scorer.Weights.ToArray();
        var bias = scorer.Bias;
        return Each((row, _) => TensorPrimitives.Dot(row[..weights.Length], weights) + bias);
    }

    private float[] Each(Scorer score)
    {
        const int Slice = 8192;
        var scores = new float[matrix.Count];
        Parallel.For(0, (matrix.Count + Slice - 1) / Slice, new ParallelOptions { CancellationToken = cancellationToken }, slice =>
        {
            for (var row = slice * Slice; row < Math.Min(matrix.Count, (slice + 1) * Slice); row++)
            {
                scores[row] = score(matrix[row], row);
            }
        });
        return scores;
    }

    /// <summary>At most <see cref="MaxSeeds"/> of them.</summary>
    private int[] Draw(int[] seeds) => seeds.Length <= MaxSeeds ? seeds : Array.ConvertAll(BackgroundSample.Draw(seeds.Length, MaxSeeds, seed), at => seeds[at]);

    private delegate float Scorer(ReadOnlySpan<float> row, int index);
}
