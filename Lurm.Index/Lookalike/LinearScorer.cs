using System.Numerics.Tensors;

namespace Lurm.Index.Lookalike;

/// <summary>A score that is linear in a row: weights · row + bias. What <see cref="CentroidScorer"/> and <see cref="LogisticScorer"/> fit.</summary>
/// <remarks>
/// Immutable. Since the bias changes no order, the weights of the representation's columns can be searched for directly:
/// <see cref="HnswIndex.Search(ReadOnlySpan{float}, Span{Neighbor}, int, CancellationToken)"/> for a small audience,
/// <see cref="HnswIndex.Scan"/> for a large one.
/// </remarks>
public sealed class LinearScorer
{
    private readonly float[] _weights;

    internal LinearScorer(float[] weights, float bias)
    {
        _weights = weights;
        Bias = bias;
    }

    /// <summary>One weight per column.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>What a row of zeros scores.</summary>
    public float Bias { get; }

    /// <summary>The score of one row, which has as many columns as <see cref="Weights"/>; larger is more like the seeds.</summary>
    public float Score(ReadOnlySpan<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _weights.Length, nameof(row));
        return TensorPrimitives.Dot(row, _weights) + Bias;
    }

    /// <summary>The scores of rows that lie one after the other.</summary>
    public void Score(ReadOnlySpan<float> rows, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, (long)scores.Length * _weights.Length, nameof(rows));
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = TensorPrimitives.Dot(rows.Slice(i * _weights.Length, _weights.Length), _weights) + Bias;
        }
    }
}
