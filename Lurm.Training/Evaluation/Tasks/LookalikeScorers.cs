using Lurm.Index.Lookalike;
using Lurm.Training.Evaluation.Probes;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>Scores candidates against seeds.</summary>
/// <param name="input">What is known of everybody.</param>
/// <param name="candidates">Whom to score.</param>
/// <param name="seeds">Rows of the seeds.</param>
/// <param name="cancellationToken">Checked once per iteration.</param>
/// <returns>A score per candidate; larger is more alike.</returns>
internal delegate double[] LookalikeScorer(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken);

/// <summary>The methods of the lookalike query, by name, on any features: the scorers are those that serve.</summary>
internal static class LookalikeScorers
{
    /// <summary>Reads bags beside the representation, so that it says nothing of the representation alone.</summary>
    public const string OfBagsToo = "ensemble";

    /// <summary>Those that fit the features.</summary>
    public static IEnumerable<(string Name, LookalikeScorer Score)> For(LookalikeInput input)
    {
        yield return ("mean seed", MeanSeed);
        yield return ("centroid", Centroid);
        if (input.IsNarrow)
        {
            yield return ("clusters", Clusters);
            yield return ("logistic", Logistic);
            yield return (OfBagsToo, Ensemble);
        }
        else
        {
            yield return ("logistic", SparseLogistic);
        }

        if (ReferenceEquals(input.Features, input.Bags))
        {
            yield return ("logOdds", LogOdds);
        }
    }

    /// <summary>Inner product with the mean seed: what a search for users similar to the seeds ranks by.</summary>
    public static double[] MeanSeed(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken)
    {
        var scores = new double[candidates.Length];
        input.Features.Multiply(candidates, input.Features.Sum(seeds), scores);
        return scores;
    }

    public static double[] Centroid(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken)
    {
        var scorer = CentroidScorer.Fit(input.Rows(seeds, withActivity: false), input.BackgroundRows(withActivity: false), input.Features.Columns);
        var scores = new double[candidates.Length];
        input.Features.Multiply(candidates, Array.ConvertAll(scorer.Weights.ToArray(), weight => (double)weight), scores);
        return scores;
    }

    public static double[] Clusters(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken)
    {
        var scorer = ClusterScorer.Fit(
            input.Rows(seeds, withActivity: false), input.BackgroundRows(withActivity: false), input.Features.Columns, cancellationToken: cancellationToken);
        return Each(input, candidates, input.Features.Columns, row => scorer.Score(row));
    }

    /// <summary>On representation and activity, as the query does.</summary>
    public static double[] Logistic(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken)
    {
        var columns = input.Features.Columns + Features.Activity.Columns;
        var options = new LogisticOptions { SideColumns = Features.Activity.Columns };
        var scorer = LogisticScorer.Fit(input.Rows(seeds, withActivity: true), input.BackgroundRows(withActivity: true), columns, options, cancellationToken);
        return Each(input, candidates, columns, row => scorer.Score(row));
    }

    /// <summary>The same question of rows too wide to write out: without activity, and with a penalty that suits unit rows and few seeds.</summary>
    public static double[] SparseLogistic(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken)
    {
        const double Penalty = 1;
        var isSeed = new bool[input.Features.Rows];
        foreach (var seed in seeds)
        {
            isSeed[seed] = true;
        }

        int[] rows = [.. seeds, .. input.BackgroundUsers.ToArray().Where(row => !isSeed[row])];
        return LogisticProbe.Fit(input.Features, rows, isSeed, Penalty, cancellationToken: cancellationToken).Predict(input.Features, candidates);
    }

    /// <summary>Mean rank by logistic and by the log-odds of the bags.</summary>
    public static double[] Ensemble(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken)
    {
        var ranks = new double[candidates.Length];
        foreach (var score in new LookalikeScorer[] { Logistic, LogOdds })
        {
            var order = Enumerable.Range(0, candidates.Length).ToArray();
            Array.Sort(score(input, candidates, seeds, cancellationToken), order);
            for (var rank = 0; rank < order.Length; rank++)
            {
                ranks[order[rank]] += rank;
            }
        }

        return ranks;
    }

    /// <summary>Sum of the log-odds of a bag's interests where they are above 0, seeds against everybody, one imagined user of the population among the seeds.</summary>
    public static double[] LogOdds(LookalikeInput input, int[] candidates, int[] seeds, CancellationToken cancellationToken)
    {
        var inSeeds = Holders(input, seeds);
        var inAll = Holders(input, [.. Enumerable.Range(0, input.Bags.Rows)]);
        var weights = new double[input.Bags.Columns];
        for (var column = 0; column < weights.Length; column++)
        {
            var share = Math.Clamp(inAll[column] / (double)input.Bags.Rows, 1e-6, 1 - 1e-3);
            var among = Math.Clamp((inSeeds[column] + share) / (seeds.Length + 1.0), 1e-6, 1 - 1e-6);
            weights[column] = Math.Max(0, Math.Log(among / (1 - among)) - Math.Log(share / (1 - share)));
        }

        return Array.ConvertAll(candidates, candidate =>
        {
            var sum = 0.0;
            foreach (var column in input.Bags.ColumnsOf(candidate))
            {
                sum += weights[column];
            }

            return sum;
        });
    }

    private static int[] Holders(LookalikeInput input, int[] rows)
    {
        var holders = new int[input.Bags.Columns];
        foreach (var row in rows)
        {
            foreach (var column in input.Bags.ColumnsOf(row))
            {
                holders[column]++;
            }
        }

        return holders;
    }

    private static double[] Each(LookalikeInput input, int[] candidates, int columns, Func<ReadOnlySpan<float>, float> score)
    {
        var row = new float[columns];
        return Array.ConvertAll(candidates, candidate =>
        {
            input.CopyRow(candidate, row);
            return (double)score(row);
        });
    }
}
