using System.Numerics.Tensors;
using Lurm.Store.Encoders;
using Lurm.Training.Algebra;

namespace Lurm.Training.Items;

/// <summary>Learns the vectors of text n-grams whose sum comes close to the vectors of the items that have them.</summary>
/// <remarks>Normalised least mean squares from zero, a few passes in seeded order: stopping early is the regularisation.</remarks>
internal static class TextVectors
{
    private const int Passes = 8;
    private const float Step = 0.3f;

    /// <summary>Vectors per bucket for these items, or null where none has text.</summary>
    /// <param name="titles">Titles by item number.</param>
    /// <param name="categories">Categories by item number.</param>
    /// <param name="vectors">Unit vectors by item number, shape [items × dimensions].</param>
    /// <param name="weights">How much each item's vector is to be trusted, 0 to 1.</param>
    /// <param name="dimensions">Components.</param>
    /// <param name="seed">Of the order.</param>
    /// <param name="cancellationToken">Checked once per pass.</param>
    public static TextFallback? Learn(IReadOnlyList<string?> titles, IReadOnlyList<string?> categories, float[] vectors, ReadOnlySpan<float> weights, int dimensions, long seed, CancellationToken cancellationToken)
    {
        var buckets = Buckets(titles.Count);
        var features = new IReadOnlyList<int>[titles.Count];
        Parallel.For(0, titles.Count, i => features[i] = TextFallback.GetFeatures(titles[i], categories[i], buckets));
        if (features.All(list => list.Count == 0))
        {
            return null;
        }

        var learned = new float[buckets * dimensions];
        var order = Enumerable.Range(0, titles.Count).ToArray();
        var error = new float[dimensions];
        var random = SplitMix.Of(seed, 0x7E47);
        for (var pass = 0; pass < Passes; pass++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle(order.AsSpan());
            foreach (var item in order)
            {
                if (features[item].Count == 0 || weights[item] <= 0)
                {
                    continue;
                }

                vectors.AsSpan(item * dimensions, dimensions).CopyTo(error);
                foreach (var bucket in features[item])
                {
                    TensorPrimitives.Subtract(error, learned.AsSpan(bucket * dimensions, dimensions), error);
                }

                var step = Step * weights[item] / features[item].Count;
                foreach (var bucket in features[item])
                {
                    var target = learned.AsSpan(bucket * dimensions, dimensions);
                    TensorPrimitives.MultiplyAdd(error, step, target, target);
                }
            }
        }

        return new TextFallback(dimensions, learned);
    }

    /// <summary>A few buckets per item, a power of two: n-grams of small catalogues collide little, those of large ones cost at most 4 MB per 16 components.</summary>
    private static int Buckets(int items)
    {
        var buckets = 1024;
        while (buckets < 4L * items && buckets < 65_536)
        {
            buckets *= 2;
        }

        return buckets;
    }
}
