using System.Numerics.Tensors;
using static TorchSharp.torch;

namespace Lurm.Training.Interests;

/// <summary>k-means of unit vectors by cosine: Lloyd's iterations over all pairs, seeded, with no empty cluster. For large tables see <see cref="HierarchicalKMeans"/>.</summary>
internal static class SphericalKMeans
{
    /// <summary>Similarities computed at once, 4 bytes each.</summary>
    private const int BlockCells = 8_000_000;

    /// <summary>Unit centroids (row-major, shape [clusters × dimensions]) and each point's cluster.</summary>
    /// <param name="points">Unit vectors, row-major.</param>
    /// <param name="dimensions">Components.</param>
    /// <param name="clusters">How many; at most the number of points.</param>
    /// <param name="iterations">At most so many passes; it stops when fewer than 0.5 % of the points move.</param>
    /// <param name="seed">Of the start.</param>
    /// <param name="cancellationToken">Checked once per pass.</param>
    public static (float[] Centroids, int[] Assigned) Cluster(float[] points, int dimensions, int clusters, int iterations, long seed, CancellationToken cancellationToken)
    {
        var count = points.Length / dimensions;
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clusters, count);
        var centroids = KMeansStart.Choose(points, dimensions, clusters, seed);
        var assigned = new int[count];
        var similarity = new float[count];
        Array.Fill(assigned, -1);
        for (var pass = 0; pass < iterations; pass++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var moved = Assign(points, centroids, dimensions, assigned, similarity);
            moved += FillEmpty(clusters, assigned, similarity);
            Update(points, dimensions, assigned, centroids);
            if (moved <= count / 200)
            {
                break;
            }
        }

        Assign(points, centroids, dimensions, assigned, similarity);
        FillEmpty(clusters, assigned, similarity);
        Update(points, dimensions, assigned, centroids);
        return (centroids, assigned);
    }

    /// <summary>Puts every point into the cluster of the nearest centroid; returns how many moved.</summary>
    public static int Assign(float[] points, float[] centroids, int dimensions, int[] assigned, float[] similarity)
    {
        var count = assigned.Length;
        var clusters = centroids.Length / dimensions;
        var block = Math.Clamp(BlockCells / clusters, 1, Math.Max(1, count));
        using var outer = NewDisposeScope();
        using var gradient = no_grad();
        var transposed = tensor(centroids, [clusters, dimensions]).t();
        var moved = 0;
        for (var start = 0; start < count; start += block)
        {
            using var scope = NewDisposeScope();
            var size = Math.Min(block, count - start);
            var rows = tensor(points.AsMemory(start * dimensions, size * dimensions), [size, dimensions]);
            var (best, index) = rows.matmul(transposed).max(1);
            var bestValues = best.data<float>();
            var indices = index.data<long>();
            for (var i = 0; i < size; i++)
            {
                var cluster = (int)indices[i];
                moved += cluster == assigned[start + i] ? 0 : 1;
                assigned[start + i] = cluster;
                similarity[start + i] = bestValues[i];
            }
        }

        return moved;
    }

    /// <summary>Gives each empty cluster the point that its own cluster serves worst; returns how many were given.</summary>
    public static int FillEmpty(int clusters, int[] assigned, float[] similarity)
    {
        var sizes = new int[clusters];
        foreach (var cluster in assigned)
        {
            sizes[cluster]++;
        }

        var empty = Enumerable.Range(0, clusters).Where(cluster => sizes[cluster] == 0).ToArray();
        if (empty.Length == 0)
        {
            return 0;
        }

        var worst = Enumerable.Range(0, assigned.Length).OrderBy(point => similarity[point]).ThenBy(point => point).GetEnumerator();
        foreach (var cluster in empty)
        {
            while (worst.MoveNext() && sizes[assigned[worst.Current]] == 1)
            {
                // A cluster of one keeps its point.
            }

            sizes[assigned[worst.Current]]--;
            assigned[worst.Current] = cluster;
            similarity[worst.Current] = 1;
            sizes[cluster] = 1;
        }

        return empty.Length;
    }

    /// <summary>Moves every centroid to the unit mean of its points.</summary>
    public static void Update(float[] points, int dimensions, int[] assigned, float[] centroids)
    {
        Array.Clear(centroids);
        for (var i = 0; i < assigned.Length; i++)
        {
            var sum = centroids.AsSpan(assigned[i] * dimensions, dimensions);
            TensorPrimitives.Add(sum, points.AsSpan(i * dimensions, dimensions), sum);
        }

        for (var start = 0; start < centroids.Length; start += dimensions)
        {
            var centroid = centroids.AsSpan(start, dimensions);
            var norm = TensorPrimitives.Norm(centroid);
            if (norm > 1e-12f)
            {
                TensorPrimitives.Divide(centroid, norm, centroid);
            }
        }
    }
}
