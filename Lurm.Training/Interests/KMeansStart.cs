using System.Numerics.Tensors;
using Lurm.Training.Algebra;

namespace Lurm.Training.Interests;

/// <summary>The points that k-means starts from.</summary>
internal static class KMeansStart
{
    private const int StartCandidates = 3;

    /// <summary>Greedy k-means++ (of a few draws the one that helps most) where it is cheap, distinct random points otherwise.</summary>
    public static float[] Choose(float[] points, int dimensions, int clusters, long seed)
    {
        const long CheapDistances = 20_000_000;
        var count = points.Length / dimensions;
        var random = SplitMix.Of(seed, 0xC1);
        var centroids = new float[clusters * dimensions];
        if ((long)count * clusters > CheapDistances)
        {
            var order = Enumerable.Range(0, count).ToArray();
            random.Shuffle(order.AsSpan());
            for (var c = 0; c < clusters; c++)
            {
                points.AsSpan(order[c] * dimensions, dimensions).CopyTo(centroids.AsSpan(c * dimensions));
            }

            return centroids;
        }

        var distance = new float[count];
        Array.Fill(distance, 1f);
        var tried = new float[count];
        for (var c = 0; c < clusters; c++)
        {
            var bestSum = double.PositiveInfinity;
            var best = distance;
            for (var candidate = 0; candidate < StartCandidates; candidate++)
            {
                var chosen = Draw(distance, ref random);
                var sum = Shrink(points, dimensions, chosen, c == 0, distance, tried);
                if (sum < bestSum)
                {
                    bestSum = sum;
                    points.AsSpan(chosen * dimensions, dimensions).CopyTo(centroids.AsSpan(c * dimensions));
                    (best, tried) = (tried, best == distance ? new float[count] : best);
                }
            }

            (distance, tried) = (best, distance);
        }

        return centroids;
    }

    /// <summary>Distances to the nearest centroid were <paramref name="chosen"/> one; returns their sum.</summary>
    private static double Shrink(float[] points, int dimensions, int chosen, bool isFirst, float[] distance, float[] shrunk)
    {
        var centroid = points.AsSpan(chosen * dimensions, dimensions);
        var sum = 0.0;
        for (var i = 0; i < distance.Length; i++)
        {
            var far = Math.Max(0, 1 - TensorPrimitives.Dot(centroid, points.AsSpan(i * dimensions, dimensions)));
            shrunk[i] = isFirst ? far : Math.Min(distance[i], far);
            sum += shrunk[i];
        }

        shrunk[chosen] = 0;
        return sum;
    }

    private static int Draw(float[] weights, ref SplitMix random)
    {
        var left = weights.Sum(weight => (double)weight) * random.NextDouble();
        for (var i = 0; i < weights.Length; i++)
        {
            left -= weights[i];
            if (left < 0 && weights[i] > 0)
            {
                return i;
            }
        }

        return random.Next(weights.Length);
    }
}
