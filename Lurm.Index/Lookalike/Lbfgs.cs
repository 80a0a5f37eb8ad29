using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>Limited-memory BFGS with backtracking, for smooth convex losses (Nocedal and Wright, algorithms 7.4 and 3.1).</summary>
internal static class Lbfgs
{
    private const int Memory = 8;
    private const double Descent = 1e-4;
    private const double Tolerance = 1e-5;
    private const int MostHalvings = 20;

    /// <summary>The loss at a point, its gradient into the second argument.</summary>
    public delegate double Loss(ReadOnlySpan<float> point, Span<float> gradient);

    /// <summary>A minimum from zero: until the gradient is below 1e-5 of its start, no step helps, or the iterations are spent.</summary>
    public static float[] Minimise(Loss loss, int length, int mostIterations, CancellationToken cancellationToken)
    {
        var point = new float[length];
        var gradient = new float[length];
        var (next, nextGradient, direction) = (new float[length], new float[length], new float[length]);
        var steps = new List<(float[] Step, float[] Change, double Curvature)>();
        var value = loss(point, gradient);
        var start = TensorPrimitives.Norm<float>(gradient);
        for (var iteration = 0; iteration < mostIterations && TensorPrimitives.Norm<float>(gradient) > Tolerance * start; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Direction(gradient, steps, direction);
            double slope = TensorPrimitives.Dot<float>(direction, gradient);
            if (!(slope < 0))
            {
                break;
            }

            var size = steps.Count == 0 ? Math.Min(1.0, 1.0 / start) : 1.0;
            var nextValue = double.NaN;
            var accepted = false;
            for (var halving = 0; halving < MostHalvings && !accepted; halving++, size *= 0.5)
            {
                TensorPrimitives.MultiplyAdd(direction, (float)size, point, next);
                nextValue = loss(next, nextGradient);
                accepted = nextValue <= value + (Descent * size * slope);
            }

            if (!accepted)
            {
                break;
            }

            Remember(steps, point, next, gradient, nextGradient);
            (point, next) = (next, point);
            (gradient, nextGradient) = (nextGradient, gradient);
            value = nextValue;
        }

        return point;
    }

    private static void Remember(List<(float[] Step, float[] Change, double Curvature)> steps, float[] point, float[] next, float[] gradient, float[] nextGradient)
    {
        var (step, change) = (new float[point.Length], new float[point.Length]);
        TensorPrimitives.Subtract(next, point, step);
        TensorPrimitives.Subtract(nextGradient, gradient, change);
        double curvature = TensorPrimitives.Dot<float>(step, change);
        if (curvature <= 1e-12)
        {
            return;
        }

        if (steps.Count == Memory)
        {
            steps.RemoveAt(0);
        }

        steps.Add((step, change, curvature));
    }

    /// <summary>The two-loop recursion: minus the approximate inverse Hessian times the gradient.</summary>
    private static void Direction(float[] gradient, List<(float[] Step, float[] Change, double Curvature)> steps, float[] direction)
    {
        TensorPrimitives.Negate(gradient, direction);
        Span<double> factors = stackalloc double[Memory];
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            factors[i] = TensorPrimitives.Dot<float>(steps[i].Step, direction) / steps[i].Curvature;
            TensorPrimitives.MultiplyAdd(steps[i].Change, (float)-factors[i], direction, direction);
        }

        if (steps.Count > 0)
        {
            var (_, change, curvature) = steps[^1];
            TensorPrimitives.Multiply(direction, (float)(curvature / TensorPrimitives.SumOfSquares<float>(change)), direction);
        }

        for (var i = 0; i < steps.Count; i++)
        {
            var factor = factors[i] - (TensorPrimitives.Dot<float>(steps[i].Change, direction) / steps[i].Curvature);
            TensorPrimitives.MultiplyAdd(steps[i].Step, (float)factor, direction, direction);
        }
    }
}
