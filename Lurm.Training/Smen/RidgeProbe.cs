using Lurm.Training.Algebra;
using static TorchSharp.torch;

namespace Lurm.Training.Smen;

/// <summary>How well frozen representations predict labels: cross-validated ridge regression, measured by AUC.</summary>
internal static class RidgeProbe
{
    private const int Folds = 5;

    /// <summary>Ridge on features of unit variance; small beside the users of a fold.</summary>
    private const double Penalty = 20;

    /// <summary>AUC of each label; not a number where a class is missing.</summary>
    /// <param name="features">Row-major, shape [users × width].</param>
    /// <param name="width">Components.</param>
    /// <param name="labels">0 or 1, row-major, shape [users × count].</param>
    /// <param name="count">Labels per user.</param>
    public static double[] Aucs(float[] features, int width, float[] labels, int count)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var users = labels.Length / count;
        var x = cat([tensor(features, [users, width]).to(float64).mul(Scalars.Real(Math.Sqrt(width))), ones(users, 1, dtype: float64)], 1);
        var y = tensor(labels, [users, count]).to(float64);
        var ridge = diag(tensor(Enumerable.Repeat(Penalty, width).Append(1e-6).ToArray()));
        var scores = zeros(users, count, dtype: float64);
        for (var f = 0; f < Folds; f++)
        {
            var isIn = Enumerable.Range(0, users).Select(user => user % Folds == f ? 1.0 : 0.0).ToArray();
            var fold = tensor(isIn, [users, 1]);
            var training = x * tensor(Array.ConvertAll(isIn, one => 1 - one), [users, 1]);
            var weights = linalg.solve(training.t().matmul(training).Plus(ridge), training.t().matmul(y));
            scores += x.matmul(weights) * fold;
        }

        var predicted = scores.contiguous().data<double>().ToArray();
        return [.. Enumerable.Range(0, count)
            .Select(label => Auc([.. Enumerable.Range(0, users).Select(user => predicted[(user * count) + label])], [.. Enumerable.Range(0, users).Select(user => labels[(user * count) + label] > 0)]))];
    }

    /// <summary>The chance that a positive scores above a negative, ties counting half; not a number where one class is missing.</summary>
    internal static double Auc(double[] scores, bool[] positive)
    {
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort((double[])scores.Clone(), order);
        double positives = positive.Count(p => p), negatives = positive.Length - positives, rankSum = 0;
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && scores[order[end]] == scores[order[start]])
            {
                end++;
            }

            var rank = (start + end + 1) / 2.0;
            for (var i = start; i < end; i++)
            {
                rankSum += positive[order[i]] ? rank : 0;
            }

            start = end;
        }

        return (rankSum - (positives * (positives + 1) / 2)) / (positives * negatives);
    }
}
