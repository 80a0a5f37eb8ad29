using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Metrics;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>Lookalike: every scorer on every target; each representation is reported with the scorer that was best on other targets, of those that read nothing else.</summary>
internal static class LookalikeTask
{
    /// <summary>Audience sizes, in percent of the candidates.</summary>
    public static readonly double[] Percents = [1, 2.5, 5, 10];

    /// <summary>Sizes of the curve.</summary>
    public static readonly double[] CurvePercents = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12.5, 15, 20];

    // A lift over fewer than this many candidates is luck.
    private const int FewestSelected = 20;

    public static LookalikeOutcome? Measure(
        LookalikeTarget[] validation,
        LookalikeTarget[] reported,
        IReadOnlyList<Representation> representations,
        Activity activity,
        SparseFeatures bags,
        long seed,
        IProgress<string>? progress,
        CancellationToken cancellationToken)
    {
        if (validation.Length == 0 || reported.Length == 0)
        {
            return null;
        }

        var measures = Measures(reported).ToArray();
        var outcome = new LookalikeOutcome
        {
            Targets = reported.Length,
            Tasks = Array.ConvertAll(measures, measure => new TaskResult { Task = "lookalike", Measure = measure.Name, Unit = "targets", Units = reported.Length }),
        };
        foreach (var representation in representations)
        {
            var input = new LookalikeInput(representation.Features, activity, bags, seed);
            var scorers = LookalikeScorers.For(input).ToArray();
            var best = 0;
            var bestArea = double.NegativeInfinity;
            var rows = new LookalikeRow[scorers.Length];
            var values = new double[scorers.Length][][];
            var curves = new double[scorers.Length][];
            for (var s = 0; s < scorers.Length; s++)
            {
                progress?.Report($"lookalike: {representation.Name}, {scorers[s].Name}");
                var chosenOn = Rank(validation, input, scorers[s].Score, cancellationToken).Average(ranked => ranked.Auc);
                var ranked = Rank(reported, input, scorers[s].Score, cancellationToken);
                values[s] = Array.ConvertAll(measures, measure => Array.ConvertAll(ranked, target => measure.Of(target)));
                curves[s] = Array.ConvertAll(CurvePercents, percent => ranked.Average(target => target.Ranking.Lift(percent)));
                rows[s] = new LookalikeRow(
                    representation.Name, scorers[s].Name, chosenOn, Array.ConvertAll(values[s], perTarget => TaskResult.MeanOf(perTarget)([])));
                if (chosenOn > bestArea && (scorers[s].Name != LookalikeScorers.OfBagsToo || ReferenceEquals(representation.Features, bags)))
                {
                    (best, bestArea) = (s, chosenOn);
                }
            }

            outcome.Rows.AddRange(rows);
            outcome.Curves[representation.Name] = curves[best];
            for (var m = 0; m < measures.Length; m++)
            {
                outcome.Tasks[m].Statistics[representation.Name] = TaskResult.MeanOf(values[best][m]);
                outcome.Tasks[m].Notes[representation.Name] = scorers[best].Name;
            }
        }

        return outcome;
    }

    private static IEnumerable<(string Name, Func<RankedTarget, double> Of)> Measures(LookalikeTarget[] targets)
    {
        yield return ("AUC", target => target.Auc);
        yield return ("R-precision", target => target.Ranking.RPrecision);
        foreach (var percent in Percents)
        {
            var enough = targets.All(target => target.Candidates.Length * percent / 100 >= FewestSelected);
            if (enough)
            {
                yield return (FormattableString.Invariant($"lift at {percent} %"), target => target.Ranking.Lift(percent));
            }
        }
    }

    private static RankedTarget[] Rank(LookalikeTarget[] targets, LookalikeInput input, LookalikeScorer scorer, CancellationToken cancellationToken)
    {
        var ranked = new RankedTarget[targets.Length];
        Parallel.For(0, targets.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            var target = targets[i];
            var scores = scorer(input, target.Candidates, target.Seeds, cancellationToken);
            ranked[i] = new RankedTarget(RocAuc.Of(scores, target.WillTake), new Ranking(scores, target.WillTake));
        });
        return ranked;
    }

    private sealed record RankedTarget(double Auc, Ranking Ranking);
}
