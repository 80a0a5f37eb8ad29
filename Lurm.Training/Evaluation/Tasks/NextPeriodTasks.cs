using Lurm.Training.Evaluation.Metrics;
using Lurm.Training.Evaluation.Probes;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>What comes next: from features of the past alone, who is active in the next period, and with which interests.</summary>
internal static class NextPeriodTasks
{
    private const int MostInterests = 50;
    private const int RecallAt = 10;

    /// <summary>Does a user return? Over everybody with a past; none where too few do or do not.</summary>
    public static TaskResult? Return(bool[] isActiveNext, IReadOnlyList<Representation> representations, long seed, CancellationToken cancellationToken)
    {
        var returning = isActiveNext.Count(active => active);
        if (returning < LabelTask.FewestOfClass || isActiveNext.Length - returning < LabelTask.FewestOfClass)
        {
            return null;
        }

        var rows = Enumerable.Range(0, isActiveNext.Length).ToArray();
        var result = new TaskResult { Task = "returns next period", Measure = "AUC", Unit = "users", Units = rows.Length };
        foreach (var representation in representations)
        {
            var probe = CrossValidation.Run(representation.Features, rows, [isActiveNext], seed, cancellationToken: cancellationToken);
            result.Statistics[representation.Name] = probe.MeanAuc;
        }

        return result;
    }

    /// <summary>Which of the most frequent interests do those who return touch? AUC over interests, and recall@10 over users.</summary>
    /// <param name="interestsNext">By row, the interests touched in the next period; empty where the user was not active.</param>
    /// <param name="representations">What is compared.</param>
    /// <param name="seed">Of the folds.</param>
    /// <param name="cancellationToken">Checked often.</param>
    public static IReadOnlyList<TaskResult> Interests(
        IReadOnlyList<HashSet<int>> interestsNext, IReadOnlyList<Representation> representations, long seed, CancellationToken cancellationToken)
    {
        var rows = Enumerable.Range(0, interestsNext.Count).Where(row => interestsNext[row].Count > 0).ToArray();
        var asked = rows.SelectMany(row => interestsNext[row])
            .GroupBy(interest => interest)
            .Where(group => group.Count() >= LabelTask.FewestOfClass && group.Count() <= rows.Length - LabelTask.FewestOfClass)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .Take(MostInterests)
            .Select(group => group.Key)
            .ToArray();
        if (asked.Length == 0)
        {
            return [];
        }

        var classes = Array.ConvertAll(asked, interest => Array.ConvertAll(rows, row => interestsNext[row].Contains(interest)));
        var auc = new TaskResult { Task = $"next interests ({asked.Length})", Measure = "AUC", Unit = "users", Units = rows.Length };
        var recall = new TaskResult { Task = auc.Task, Measure = $"recall@{RecallAt}", Unit = "users", Units = rows.Length };
        foreach (var representation in representations)
        {
            var probes = CrossValidation.Run(representation.Features, rows, classes, seed, cancellationToken: cancellationToken);
            auc.Statistics[representation.Name] = probes.MeanAuc;
            var calibrated = CrossValidation.Run(
                representation.Features, rows, classes, seed, criterion: PenaltyCriterion.LogLoss, cancellationToken: cancellationToken);
            var recalls = new double[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                recalls[i] = new Ranking(Array.ConvertAll(calibrated.Scores, scores => scores[i]), Array.ConvertAll(classes, members => members[i])).Recall(RecallAt);
            }

            recall.Statistics[representation.Name] = TaskResult.MeanOf(recalls);
        }

        return [auc, recall];
    }
}
