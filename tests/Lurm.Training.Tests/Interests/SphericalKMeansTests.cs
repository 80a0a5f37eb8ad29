using System.Numerics.Tensors;
using Lurm.Training.Algebra;
using Lurm.Training.Interests;

namespace Lurm.Training.Tests.Interests;

public sealed class SphericalKMeansTests
{
    private const int Dimensions = 8;

    [Fact]
    public void Planted_clusters_are_found()
    {
        var points = Planted(clusters: 6, each: 50, noise: 0.1);

        var (_, assigned) = Cluster(points, 6, seed: 1);

        for (var cluster = 0; cluster < 6; cluster++)
        {
            Assert.Single(assigned.Skip(cluster * 50).Take(50).Distinct());
        }

        Assert.Equal(6, assigned.Distinct().Count());
    }

    [Fact]
    public void No_cluster_is_empty_even_where_points_repeat()
    {
        var one = Planted(clusters: 1, each: 1, noise: 0);
        var points = Enumerable.Repeat(one, 30).SelectMany(p => p).Concat(Planted(clusters: 10, each: 1, noise: 0)).ToArray();

        var (_, assigned) = Cluster(points, 20, seed: 2);

        Assert.Equal(Enumerable.Range(0, 20), assigned.Distinct().Order());
    }

    [Fact]
    public void The_same_seed_gives_the_same_clusters_and_centroids_have_unit_length()
    {
        var points = Planted(clusters: 9, each: 20, noise: 0.5);

        var (first, assigned) = Cluster(points, 12, seed: 3);
        var (second, again) = Cluster(points, 12, seed: 3);

        Assert.Equal(assigned, again);
        Assert.Equal(first, second);
        Assert.All(first.Chunk(Dimensions), centroid => Assert.Equal(1, TensorPrimitives.Norm<float>(centroid), 1e-5f));
    }

    private static (float[] Centroids, int[] Assigned) Cluster(float[] points, int clusters, long seed)
    {
        TorchProbe.Load(1);
        return SphericalKMeans.Cluster(points, Dimensions, clusters, 30, seed, TestContext.Current.CancellationToken);
    }

    private static float[] Planted(int clusters, int each, double noise)
    {
        var random = SplitMix.Of(5, clusters, each);
        var points = new float[clusters * each * Dimensions];
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            var centre = Enumerable.Range(0, Dimensions).Select(_ => random.NextGaussian()).ToArray();
            for (var i = 0; i < each; i++)
            {
                var row = points.AsSpan(((cluster * each) + i) * Dimensions, Dimensions);
                for (var d = 0; d < Dimensions; d++)
                {
                    row[d] = (float)(centre[d] + (noise * random.NextGaussian()));
                }

                TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
            }
        }

        return points;
    }
}
