using System.Numerics.Tensors;
using Lurm.Training.Evaluation.Features;

namespace Lurm.Training.Evaluation.Probes;

/// <summary>Logistic regression with an L2 penalty on all weights but the intercept, on features that stay as they are.</summary>
/// <remarks>
/// Minimises Σ log(1 + exp(−y·(w·x + b))) + λ/2·|w|² by Newton steps whose systems conjugate gradients solve, with backtracking
/// (Nocedal and Wright, Numerical Optimization, algorithm 7.1). The problem is convex, so the answer does not depend on the start.
/// </remarks>
internal sealed class LogisticProbe
{
    private const int MaxSteps = 50;
    private const int MaxConjugateSteps = 60;
    private const double Tolerance = 1e-4;

    private LogisticProbe(double[] weights, double intercept, int steps)
    {
        Weights = weights;
        Intercept = intercept;
        Steps = steps;
    }

    /// <summary>One weight per feature.</summary>
    public double[] Weights { get; }

    public double Intercept { get; }

    /// <summary>Newton steps it took.</summary>
    public int Steps { get; }

    /// <summary>Fits the probe to the given rows.</summary>
    /// <param name="features">What is known of every user.</param>
    /// <param name="rows">The users to learn from.</param>
    /// <param name="labels">By row of <paramref name="features"/>, not by position in <paramref name="rows"/>.</param>
    /// <param name="penalty">λ, above 0.</param>
    /// <param name="start">Where to start from, such as the answer for a larger λ.</param>
    /// <param name="cancellationToken">Checked once per step.</param>
    public static LogisticProbe Fit(
        FeatureMatrix features, ReadOnlySpan<int> rows, ReadOnlySpan<bool> labels, double penalty, LogisticProbe? start = null, CancellationToken cancellationToken = default)
    {
        if (!(penalty > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(penalty), penalty, "expected a penalty above 0");
        }

        var n = rows.Length;
        var d = features.Columns;

        // The intercept is the last weight.
        var weights = new double[d + 1];
        if (start is not null)
        {
            start.Weights.CopyTo(weights, 0);
            weights[d] = start.Intercept;
        }

        var signs = new double[n];
        for (var i = 0; i < n; i++)
        {
            signs[i] = labels[rows[i]] ? 1 : -1;
        }

        var margins = new double[n];
        var pull = new double[n];
        var curvature = new double[n];
        var gradient = new double[d + 1];
        var step = new double[d + 1];
        var stepMargins = new double[n];
        Margins(features, rows, weights, margins);
        var loss = Loss(margins, signs, weights, penalty);
        var target = 0.0;
        var steps = 0;
        for (; steps < MaxSteps; steps++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < n; i++)
            {
                var p = 1 / (1 + Math.Exp(-margins[i]));
                pull[i] = p - (signs[i] > 0 ? 1 : 0);
                curvature[i] = p * (1 - p);
            }

            Gradient(features, rows, pull, weights, penalty, gradient);
            var norm = TensorPrimitives.Norm<double>(gradient);

            // Measured against the gradient at zero, so that a warm start does not ask for more than a cold one.
            target = target == 0 ? Tolerance * Math.Max(norm, ColdGradient(signs)) : target;
            if (norm <= target)
            {
                break;
            }

            Solve(features, rows, curvature, gradient, penalty, Math.Min(0.1, Math.Sqrt(norm / n)) * norm, step);
            Margins(features, rows, step, stepMargins);
            var slope = TensorPrimitives.Dot<double>(gradient, step);
            var length = 1.0;
            var moved = false;
            for (var attempt = 0; attempt < 30 && !moved; attempt++, length *= 0.5)
            {
                var candidate = LossAlong(margins, stepMargins, length, signs, weights, step, penalty);
                if (candidate > loss + (1e-4 * length * slope))
                {
                    continue;
                }

                TensorPrimitives.MultiplyAdd(step, length, weights, weights);
                TensorPrimitives.MultiplyAdd(stepMargins, length, margins, margins);
                loss = candidate;
                moved = true;
            }

            if (!moved)
            {
                // Rounding, not the problem, stops it here.
                break;
            }
        }

        return new LogisticProbe(weights[..d], weights[d], steps);
    }

    /// <summary>Log-odds of each of the given rows.</summary>
    public double[] Predict(FeatureMatrix features, ReadOnlySpan<int> rows)
    {
        var scores = new double[rows.Length];
        features.Multiply(rows, Weights, scores);
        TensorPrimitives.Add(scores, Intercept, scores);
        return scores;
    }

    private static double ColdGradient(double[] signs)
    {
        var positives = signs.Count(sign => sign > 0);
        return Math.Min(positives, signs.Length - positives);
    }

    private static void Margins(FeatureMatrix features, ReadOnlySpan<int> rows, double[] weights, double[] margins)
    {
        features.Multiply(rows, weights.AsSpan(0, features.Columns), margins);
        TensorPrimitives.Add(margins, weights[^1], margins);
    }

    private static double Loss(double[] margins, double[] signs, double[] weights, double penalty)
    {
        var sum = 0.0;
        for (var i = 0; i < margins.Length; i++)
        {
            sum += SoftPlus(-signs[i] * margins[i]);
        }

        return sum + (penalty / 2 * TensorPrimitives.SumOfSquares<double>(weights.AsSpan(0, weights.Length - 1)));
    }

    private static double LossAlong(double[] margins, double[] stepMargins, double length, double[] signs, double[] weights, double[] step, double penalty)
    {
        var sum = 0.0;
        for (var i = 0; i < margins.Length; i++)
        {
            sum += SoftPlus(-signs[i] * (margins[i] + (length * stepMargins[i])));
        }

        var squares = 0.0;
        for (var k = 0; k < weights.Length - 1; k++)
        {
            var weight = weights[k] + (length * step[k]);
            squares += weight * weight;
        }

        return sum + (penalty / 2 * squares);
    }

    /// <summary>The loss of one user by the margin towards the user's own class: ln(1 + exp(−margin)).</summary>
    public static double LogLoss(double margin) => SoftPlus(-margin);

    private static double SoftPlus(double x) => x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x));

    private static void Gradient(FeatureMatrix features, ReadOnlySpan<int> rows, double[] pull, double[] weights, double penalty, double[] gradient)
    {
        var d = features.Columns;
        features.Combine(rows, pull, gradient.AsSpan(0, d));
        TensorPrimitives.MultiplyAdd(weights.AsSpan(0, d), penalty, gradient.AsSpan(0, d), gradient.AsSpan(0, d));
        gradient[d] = TensorPrimitives.Sum<double>(pull);
    }

    /// <summary>Conjugate gradients on H·step = −gradient, until the residual is at most <paramref name="tolerance"/>.</summary>
    private static void Solve(FeatureMatrix features, ReadOnlySpan<int> rows, double[] curvature, double[] gradient, double penalty, double tolerance, double[] step)
    {
        var d = features.Columns;
        Array.Clear(step);
        var residual = new double[d + 1];
        TensorPrimitives.Negate<double>(gradient, residual);
        var direction = (double[])residual.Clone();
        var product = new double[d + 1];
        var along = new double[rows.Length];
        var energy = TensorPrimitives.SumOfSquares<double>(residual);
        for (var iteration = 0; iteration < MaxConjugateSteps && Math.Sqrt(energy) > tolerance; iteration++)
        {
            Margins(features, rows, direction, along);
            TensorPrimitives.Multiply(along, curvature, along);
            features.Combine(rows, along, product.AsSpan(0, d));
            TensorPrimitives.MultiplyAdd(direction.AsSpan(0, d), penalty, product.AsSpan(0, d), product.AsSpan(0, d));
            product[d] = TensorPrimitives.Sum<double>(along);
            var bend = TensorPrimitives.Dot<double>(direction, product);
            if (bend <= 0)
            {
                break;
            }

            var length = energy / bend;
            TensorPrimitives.MultiplyAdd(direction, length, step, step);
            TensorPrimitives.MultiplyAdd(product, -length, residual, residual);
            var next = TensorPrimitives.SumOfSquares<double>(residual);
            TensorPrimitives.MultiplyAdd(direction, next / energy, residual, direction);
            energy = next;
        }

        if (TensorPrimitives.SumOfSquares<double>(step) == 0)
        {
            TensorPrimitives.Negate<double>(gradient, step);
        }
    }
}
