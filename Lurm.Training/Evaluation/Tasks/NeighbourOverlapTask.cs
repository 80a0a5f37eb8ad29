using Lurm.Training.Evaluation.Features;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>How many of a user's ten nearest by exact bag cosine are among the ten nearest by the representation, by exact search too.</summary>
internal static class NeighbourOverlapTask
{
    private const int K = 10;

    /// <param name="bags">The reference, unit rows.</param>
    /// <param name="representations">What is compared, unit rows.</param>
    /// <param name="queries">How many users to ask about; everybody where there are fewer.</param>
    /// <param name="seed">Of the choice of users.</param>
    /// <param name="cancellationToken">Checked once per user.</param>
    public static TaskResult? Measure(SparseFeatures bags, IReadOnlyList<Representation> representations, int queries, long seed, CancellationToken cancellationToken) =>
        Measure([.. representations.Select(representation => (bags, representation))], Choose(bags, row => true, queries, seed), cancellationToken);

    /// <summary>As the other overload, each representation against bags of its own, asked about the same users.</summary>
    /// <param name="pairs">Reference and representation.</param>
    /// <param name="asked">The rows to ask about.</param>
    /// <param name="cancellationToken">Checked once per user.</param>
    public static TaskResult? Measure(IReadOnlyList<(SparseFeatures Bags, Representation Representation)> pairs, int[] asked, CancellationToken cancellationToken)
    {
        if (asked.Length == 0 || pairs[0].Bags.Rows <= K)
        {
            return null;
        }

        var result = new TaskResult { Task = "neighbours of the bag", Measure = $"overlap@{K}", Unit = "users", Units = asked.Length };
        var truths = new Dictionary<SparseFeatures, int[][]>();
        foreach (var (bags, representation) in pairs)
        {
            if (!truths.TryGetValue(bags, out var truth))
            {
                truths[bags] = truth = Neighbours(bags, asked, cancellationToken);
            }

            var found = ReferenceEquals(representation.Features, bags) ? truth : Neighbours(representation.Features, asked, cancellationToken);
            var overlaps = new double[asked.Length];
            for (var i = 0; i < asked.Length; i++)
            {
                overlaps[i] = (double)truth[i].Intersect(found[i]).Count() / K;
            }

            result.Statistics[representation.Name] = TaskResult.MeanOf(overlaps);
        }

        return result;
    }

    /// <summary>The nearest rows of each asked row by inner product, nearest first, itself left out; of equals the lower row.</summary>
    public static int[][] Neighbours(FeatureMatrix features, int[] asked, CancellationToken cancellationToken)
    {
        var everybody = Enumerable.Range(0, features.Rows).ToArray();
        var neighbours = new int[asked.Length][];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, asked.Length, parallel, () => new double[features.Rows], (i, _, scores) =>
        {
            features.Multiply(everybody, features.Sum([asked[i]]), scores);
            scores[asked[i]] = double.NegativeInfinity;
            neighbours[i] = Largest(scores, K);
            return scores;
        }, _ => { });
        return neighbours;
    }

    private static int[] Largest(double[] scores, int k)
    {
        // The heap's head is the worst of the best: lowest score, and of equals the highest row.
        var best = new PriorityQueue<int, (double Score, int Row)>(k + 1);
        for (var row = 0; row < scores.Length; row++)
        {
            if (best.Count < k)
            {
                best.Enqueue(row, (scores[row], -row));
                continue;
            }

            best.TryPeek(out _, out var worst);
            if (scores[row] > worst.Score)
            {
                best.DequeueEnqueue(row, (scores[row], -row));
            }
        }

        var rows = new int[best.Count];
        for (var i = rows.Length - 1; i >= 0; i--)
        {
            rows[i] = best.Dequeue();
        }

        return rows;
    }

    /// <summary>Users with a bag, of those that may be asked about.</summary>
    public static int[] Choose(SparseFeatures bags, Func<int, bool> mayAsk, int queries, long seed)
    {
        var random = new SampleRandom(seed, 31);
        var rows = Enumerable.Range(0, bags.Rows).Where(row => bags.ColumnsOf(row).Length > 0 && mayAsk(row)).ToArray();
        for (var i = 0; i < Math.Min(queries, rows.Length); i++)
        {
            var other = i + random.Next(rows.Length - i);
            (rows[i], rows[other]) = (rows[other], rows[i]);
        }

        return rows[..Math.Min(queries, rows.Length)];
    }
}
