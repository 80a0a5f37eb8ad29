using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>The weighted logistic loss with an L2 penalty per column, and its gradient.</summary>
internal sealed class LogisticProblem(ReadOnlyMemory<float> seeds, ReadOnlyMemory<float> background, int columns, float[] penalties)
{
    private readonly double _seedWeight = 0.5 * columns / seeds.Length;
    private readonly double _backgroundWeight = 0.5 * columns / background.Length;

    /// <summary>Where the penalty draws the weights, times the penalty and four: the mean of seeds as far as it is the population's. Empty: to zero.</summary>
    public float[] Pull { get; init; } = [];

    /// <summary>The loss at <paramref name="point"/> (weights, then bias); its gradient goes to <paramref name="gradient"/>.</summary>
    public double Evaluate(ReadOnlySpan<float> point, Span<float> gradient)
    {
        var weights = point[..columns];
        gradient.Clear();
        var loss = Add(seeds.Span, 1, _seedWeight, weights, point[columns], gradient) + Add(background.Span, -1, _backgroundWeight, weights, point[columns], gradient);

        // The bias is not penalised: it only says how rare seeds are.
        var shrinkage = new float[columns];
        TensorPrimitives.Multiply(weights, penalties, shrinkage);
        TensorPrimitives.Add(gradient[..columns], shrinkage, gradient[..columns]);
        loss += 0.5 * TensorPrimitives.Dot<float>(weights, shrinkage);
        if (Pull.Length > 0)
        {
            TensorPrimitives.MultiplyAdd(Pull, -0.25f, gradient[..columns], gradient[..columns]);
            loss -= 0.25 * TensorPrimitives.Dot(weights, Pull);
        }

        return loss;
    }

    private double Add(ReadOnlySpan<float> rows, int sign, double weight, ReadOnlySpan<float> weights, float bias, Span<float> gradient)
    {
        var loss = 0.0;
        var biasGradient = 0.0;
        for (var at = 0; at < rows.Length; at += columns)
        {
            var row = rows.Slice(at, columns);
            var margin = sign * (double)(TensorPrimitives.Dot(row, weights) + bias);

            // log(1 + e^-m), without overflow on either side.
            var exp = Math.Exp(-Math.Abs(margin));
            loss += weight * (Math.Log(1 + exp) + Math.Max(0, -margin));
            var slope = -sign * weight * (margin > 0 ? exp / (1 + exp) : 1 / (1 + exp));
            biasGradient += slope;
            TensorPrimitives.MultiplyAdd(row, (float)slope, gradient[..columns], gradient[..columns]);
        }

        gradient[columns] += (float)biasGradient;
        return loss;
    }
}
