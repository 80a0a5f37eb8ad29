using System.Numerics.Tensors;

namespace Lurm.Index;

/// <summary>Representations as blocks, one per anchor: a score is the exact sum over blocks, so weights on the query's blocks weigh anchors without a second index.</summary>
public static class AnchorScores
{
    /// <summary>Scales each block of a query by its anchor's weight; search with the result.</summary>
    /// <param name="query">Shape [anchors × anchor dimensions].</param>
    /// <param name="anchorWeights">One weight per anchor; their number divides the query's length.</param>
    /// <param name="weighted">Receives the weighted query, as long as <paramref name="query"/>; may be the same memory.</param>
    public static void Weight(ReadOnlySpan<float> query, ReadOnlySpan<float> anchorWeights, Span<float> weighted)
    {
        var block = BlockLength(query.Length, anchorWeights.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(weighted.Length, query.Length, nameof(weighted));
        for (var m = 0; m < anchorWeights.Length; m++)
        {
            TensorPrimitives.Multiply(query.Slice(m * block, block), anchorWeights[m], weighted.Slice(m * block, block));
        }
    }

    /// <summary>Splits the score of two representations into one part per anchor; the parts add up to it.</summary>
    /// <param name="a">One representation.</param>
    /// <param name="b">The other, as long.</param>
    /// <param name="parts">One per anchor; their number divides the length.</param>
    public static void Split(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> parts)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Length, a.Length, nameof(b));
        var block = BlockLength(a.Length, parts.Length);
        for (var m = 0; m < parts.Length; m++)
        {
            parts[m] = TensorPrimitives.Dot(a.Slice(m * block, block), b.Slice(m * block, block));
        }
    }

    /// <summary>MaxSim: each anchor of the query against its best anchor of the vector, summed.</summary>
    /// <param name="query">Shape [anchors × anchor dimensions].</param>
    /// <param name="vector">As long as the query.</param>
    /// <param name="anchors">How many blocks; divides the length.</param>
    public static float MaxSim(ReadOnlySpan<float> query, ReadOnlySpan<float> vector, int anchors)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, query.Length, nameof(vector));
        var block = BlockLength(query.Length, anchors);
        var sum = 0f;
        for (var m = 0; m < anchors; m++)
        {
            var best = float.NegativeInfinity;
            for (var other = 0; other < anchors; other++)
            {
                best = Math.Max(best, TensorPrimitives.Dot(query.Slice(m * block, block), vector.Slice(other * block, block)));
            }

            sum += best;
        }

        return sum;
    }

    /// <summary>Scores the hits of a search anew by <see cref="MaxSim"/> and sorts them, best first.</summary>
    /// <param name="index">Where the hits came from.</param>
    /// <param name="query">The query.</param>
    /// <param name="anchors">How many blocks; divides the length.</param>
    /// <param name="hits">The hits; a key that has been removed meanwhile goes to the end.</param>
    /// <returns>How many are still there, from the first.</returns>
    public static int RerankByMaxSim(IVectorIndex index, ReadOnlySpan<float> query, int anchors, Span<Neighbor> hits)
    {
        ArgumentNullException.ThrowIfNull(index);
        var vector = new float[index.Dimensions];
        var there = 0;
        for (var i = 0; i < hits.Length; i++)
        {
            var key = hits[i].Key;
            if (index.TryGetVector(key, vector))
            {
                hits[i] = hits[there];
                hits[there++] = new Neighbor(key, MaxSim(query, vector, anchors));
            }
        }

        hits[..there].Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Key.CompareTo(b.Key));
        return there;
    }

    private static int BlockLength(int length, int anchors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(anchors, 1);
        return length % anchors == 0
            ? length / anchors
            : throw new ArgumentException($"{length} components do not divide into {anchors} anchors.");
    }
}
