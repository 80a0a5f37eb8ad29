using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Metrics;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Probes;

/// <summary>Logistic probes, each user scored by one that never saw that user's label.</summary>
internal sealed class CrossValidation
{
    // Strong to weak, so that each fit starts from the one before. The best is chosen inside each training part.
    private static readonly double[] Penalties = [10, 1, 0.1, 0.01];

    // Classes that take part in choosing the penalty; more would cost time and change little.
    private const int ChoosingClasses = 5;

    private const int NeverLeftOut = -1;

    private readonly double[][] _scores;
    private readonly RocAuc[][] _areas;
    private readonly int[][] _members;

    private CrossValidation(int[] fold, double[][] scores, bool[][] labels, int folds)
    {
        _scores = scores;
        _members = new int[folds][];
        for (var f = 0; f < folds; f++)
        {
            _members[f] = Enumerable.Range(0, fold.Length).Where(i => fold[i] == f).ToArray();
        }

        _areas = Array.ConvertAll(Enumerable.Range(0, scores.Length).ToArray(), c => Array.ConvertAll(_members, members =>
            new RocAuc(Array.ConvertAll(members, i => scores[c][i]), Array.ConvertAll(members, i => labels[c][i]))));
    }

    /// <summary>Log-odds that user i, left out of the fit, belongs to a class.</summary>
    public double[][] Scores => _scores;

    /// <summary>Fits one probe per class and fold; every user is left out once.</summary>
    /// <param name="features">What is known of every user.</param>
    /// <param name="rows">The users that take part; unit i of every statistic is <c>rows[i]</c>.</param>
    /// <param name="classes">For each class, by position in <paramref name="rows"/>, who belongs to it.</param>
    /// <param name="seed">Of the folds.</param>
    /// <param name="folds">How many.</param>
    /// <param name="criterion">What the penalty is chosen by.</param>
    /// <param name="cancellationToken">Checked often.</param>
    public static CrossValidation Run(
        FeatureMatrix features,
        int[] rows,
        bool[][] classes,
        long seed,
        int folds = 5,
        PenaltyCriterion criterion = PenaltyCriterion.Auc,
        CancellationToken cancellationToken = default) =>
        Run(features, rows, classes, Folds(rows.Length, folds, seed), folds, criterion, seed, cancellationToken);

    /// <summary>Fits one probe per class on all but the first users of <paramref name="rows"/>, and scores those.</summary>
    /// <param name="features">What is known of every user.</param>
    /// <param name="rows">Users to be scored, then users to learn from.</param>
    /// <param name="scored">How many of the first are scored; they are the units of every statistic.</param>
    /// <param name="classes">For each class, by position in <paramref name="rows"/>, who belongs to it.</param>
    /// <param name="seed">Of the choice of the penalty.</param>
    /// <param name="cancellationToken">Checked often.</param>
    public static CrossValidation HoldOut(
        FeatureMatrix features, int[] rows, int scored, bool[][] classes, long seed, CancellationToken cancellationToken = default)
    {
        var fold = new int[rows.Length];
        Array.Fill(fold, NeverLeftOut, scored, rows.Length - scored);
        return Run(features, rows, classes, fold, 1, PenaltyCriterion.Auc, seed, cancellationToken);
    }

    private static CrossValidation Run(FeatureMatrix features, int[] rows, bool[][] classes, int[] fold, int folds, PenaltyCriterion criterion, long seed, CancellationToken cancellationToken)
    {
        // Labels by row of the features, as the probe wants them.
        var byRow = Array.ConvertAll(classes, members =>
        {
            var labels = new bool[features.Rows];
            for (var i = 0; i < rows.Length; i++)
            {
                labels[rows[i]] = members[i];
            }

            return labels;
        });
        var scores = Array.ConvertAll(classes, _ => new double[rows.Length]);
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        for (var f = 0; f < folds; f++)
        {
            var training = Enumerable.Range(0, rows.Length).Where(i => fold[i] != f).Select(i => rows[i]).ToArray();
            var testing = Enumerable.Range(0, rows.Length).Where(i => fold[i] == f).ToArray();
            var testingRows = Array.ConvertAll(testing, i => rows[i]);
            var penalty = ChoosePenalty(features, training, byRow, criterion, seed, parallel);
            Parallel.For(0, classes.Length, parallel, c =>
            {
                var probe = LogisticProbe.Fit(features, training, byRow[c], penalty, cancellationToken: cancellationToken);
                var predicted = probe.Predict(features, testingRows);
                for (var i = 0; i < testing.Length; i++)
                {
                    scores[c][testing[i]] = predicted[i];
                }
            });
        }

        return new CrossValidation(fold, scores, classes, folds);
    }

    /// <summary>The area under the ROC curve, averaged over folds and then over classes; a fold with one class of users is left out.</summary>
    public double MeanAuc(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        var terms = 0;
        var foldWeights = new double[_members.Max(members => members.Length)];
        for (var f = 0; f < _members.Length; f++)
        {
            var members = _members[f];
            var own = weights.IsEmpty ? default : foldWeights.AsSpan(0, members.Length);
            for (var i = 0; i < own.Length; i++)
            {
                own[i] = weights[members[i]];
            }

            foreach (var areas in _areas)
            {
                var area = areas[f].Value(own);
                if (double.IsNaN(area))
                {
                    continue;
                }

                sum += area;
                terms++;
            }
        }

        return sum / terms;
    }

    /// <summary>Which fold each user is left out in: equal parts, shuffled.</summary>
    private static int[] Folds(int users, int folds, long seed)
    {
        var random = new SampleRandom(seed, 21);
        var fold = new int[users];
        for (var i = 0; i < users; i++)
        {
            fold[i] = i % folds;
        }

        for (var i = users - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (fold[i], fold[other]) = (fold[other], fold[i]);
        }

        return fold;
    }

    /// <summary>The penalty that does best on a fifth of the training part.</summary>
    private static double ChoosePenalty(FeatureMatrix features, int[] training, bool[][] labels, PenaltyCriterion criterion, long seed, ParallelOptions parallel)
    {
        var random = new SampleRandom(seed, 22);
        var isValidation = Array.ConvertAll(training, _ => random.Next(5) == 0);
        var fit = training.Where((_, i) => !isValidation[i]).ToArray();
        var check = training.Where((_, i) => isValidation[i]).ToArray();
        var classes = Math.Min(labels.Length, ChoosingClasses);
        var gains = new double[classes][];
        Parallel.For(0, classes, parallel, c =>
        {
            gains[c] = new double[Penalties.Length];
            var truth = Array.ConvertAll(check, row => labels[c][row]);
            LogisticProbe? probe = null;
            for (var p = 0; p < Penalties.Length; p++)
            {
                probe = LogisticProbe.Fit(features, fit, labels[c], Penalties[p], probe, parallel.CancellationToken);
                gains[c][p] = Gain(probe.Predict(features, check), truth, criterion);
            }
        });

        var best = 0;
        for (var p = 1; p < Penalties.Length; p++)
        {
            best = gains.Sum(gain => gain[p]) > gains.Sum(gain => gain[best]) ? p : best;
        }

        return Penalties[best];
    }

    private static double Gain(double[] margins, bool[] truth, PenaltyCriterion criterion)
    {
        if (criterion == PenaltyCriterion.Auc)
        {
            var area = RocAuc.Of(margins, truth);
            return double.IsNaN(area) ? 0 : area;
        }

        return -margins.Zip(truth, (margin, isPositive) => LogisticProbe.LogLoss(isPositive ? margin : -margin)).Sum();
    }
}
