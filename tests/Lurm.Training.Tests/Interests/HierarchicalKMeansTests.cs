using System.Numerics.Tensors;
using Lurm.Training.Algebra;
using Lurm.Training.Interests;

namespace Lurm.Training.Tests.Interests;

public sealed class HierarchicalKMeansTests
{
    private const int Dimensions = 16;

    /// <summary>Points as far apart as items of a shop: some structure, much noise.</summary>
    private static readonly float[] Points = Made(4_000, 60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Twenty points a cluster are clustered as a whole, a hundred from a sample.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(40)]
    public void Quality_is_within_two_percent_of_the_flat_clustering(int clusters)
    {
        TorchProbe.Load(1);
        var flat = SphericalKMeans.Cluster(Points, Dimensions, clusters, 25, 1, Cancellation);
        var found = HierarchicalKMeans.Cluster(Points, Dimensions, clusters, 25, 1, Cancellation);
        Assert.True(
            Tightness(found) >= 0.98 * Tightness(flat),
            $"mean cosine to the centroid is {Tightness(found):F4}; expected at least 0.98 of the flat clustering's {Tightness(flat):F4}");
    }

    [Theory]
    [InlineData(700)]
    [InlineData(50)]
    public void Every_cluster_has_a_point_centroids_are_unit_vectors_and_a_seed_repeats(int clusters)
    {
        TorchProbe.Load(1);
        var (centroids, assigned) = HierarchicalKMeans.Cluster(Points, Dimensions, clusters, 10, 2, Cancellation);
        Assert.Equal(Enumerable.Range(0, clusters), assigned.Distinct().Order());
        Assert.All(centroids.Chunk(Dimensions), centroid => Assert.Equal(1, TensorPrimitives.Norm<float>(centroid), 1e-4f));
        var (again, assignedAgain) = HierarchicalKMeans.Cluster(Points, Dimensions, clusters, 10, 2, Cancellation);
        Assert.Equal(assigned, assignedAgain);
        Assert.Equal(centroids, again);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public void Any_number_of_clusters_up_to_the_points_is_met(int clusters)
    {
        TorchProbe.Load(1);
        var (centroids, assigned) = HierarchicalKMeans.Cluster(Made(40, 3), Dimensions, clusters, 10, 3, Cancellation);
        Assert.Equal(clusters * Dimensions, centroids.Length);
        Assert.Equal(clusters, assigned.Distinct().Count());
    }

    private static double Tightness((float[] Centroids, int[] Assigned) found) => Enumerable.Range(0, found.Assigned.Length)
        .Average(i => TensorPrimitives.Dot<float>(Points.AsSpan(i * Dimensions, Dimensions), found.Centroids.AsSpan(found.Assigned[i] * Dimensions, Dimensions)));

    private static float[] Made(int count, int themes)
    {
        var random = SplitMix.Of(11, count);
        var centres = Enumerable.Range(0, themes * Dimensions).Select(_ => random.NextGaussian()).ToArray();
        var points = new float[count * Dimensions];
        for (var i = 0; i < count; i++)
        {
            var theme = random.Next(themes);
            var row = points.AsSpan(i * Dimensions, Dimensions);
            for (var d = 0; d < Dimensions; d++)
            {
                row[d] = (float)(centres[(theme * Dimensions) + d] + (0.6 * random.NextGaussian()));
            }

            TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
        }

        return points;
    }
}
