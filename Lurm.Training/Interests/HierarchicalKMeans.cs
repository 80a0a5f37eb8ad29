using System.Numerics.Tensors;
using Lurm.Training.Algebra;
using static TorchSharp.torch;

namespace Lurm.Training.Interests;

/// <summary>Spherical k-means for tables where all pairs are too many: groups first, clusters within each, then passes that look beyond the group.</summary>
/// <remarks>
/// About the root of the clusters are groups, found on a sample. Each group's points are clustered by <see cref="SphericalKMeans"/> into their share of the
/// clusters. A refining pass compares a point with the centroids of its own group and the groups nearest to it. Of more points than
/// <see cref="MostPerCluster"/> a cluster, a sample is clustered so, and all of them refine what it gave. Cost O(points · √clusters · dimensions) a pass;
/// memory beside the points about 24 bytes a point, the centroids, the sample, and a block of similarities. The same seed gives the same clusters.
/// </remarks>
internal static class HierarchicalKMeans
{
    /// <summary>Sampled points per group: enough for the mean of a group.</summary>
    private const int SamplePerGroup = 256;

    /// <summary>Groups whose centroids a point is compared with.</summary>
    private const int NearGroups = 24;

    /// <summary>Points per cluster from which a sample of half as many is clustered first: more hardly move a centroid.</summary>
    private const int MostPerCluster = 48;

    /// <summary>Refining passes over all points after those over the sample.</summary>
    private const int PassesOverAll = 2;

    /// <summary>Most refining passes; they end when fewer than 0.5 % of the points move.</summary>
    private const int RefiningPasses = 12;

    /// <summary>Unit centroids (row-major, shape [clusters × dimensions]) and each point's cluster.</summary>
    /// <param name="points">Unit vectors, row-major.</param>
    /// <param name="dimensions">Components.</param>
    /// <param name="clusters">How many; at most the number of points.</param>
    /// <param name="iterations">At most so many passes over groups and within each group.</param>
    /// <param name="seed">Of sample and starts.</param>
    /// <param name="cancellationToken">Checked once per group and pass.</param>
    public static (float[] Centroids, int[] Assigned) Cluster(float[] points, int dimensions, int clusters, int iterations, long seed, CancellationToken cancellationToken)
    {
        var count = points.Length / dimensions;
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clusters, count);
        var most = (long)MostPerCluster * clusters;
        if (count > most)
        {
            return FromSample(points, dimensions, clusters, (int)(most / 2), iterations, seed, cancellationToken);
        }

        var (centroids, assigned, _) = Whole(points, dimensions, clusters, iterations, seed, cancellationToken);
        return (centroids, assigned);
    }

    private static (float[] Centroids, int[] Assigned, int[] GroupStarts) Whole(float[] points, int dimensions, int clusters, int iterations, long seed, CancellationToken cancellationToken)
    {
        var count = points.Length / dimensions;
        var groups = Math.Max(1, (int)Math.Round(Math.Sqrt(clusters)));
        var groupCentroids = Groups(points, dimensions, groups, iterations, seed, cancellationToken);
        var groupOfPoint = new int[count];
        SphericalKMeans.Assign(points, groupCentroids, dimensions, groupOfPoint, new float[count]);

        var members = Members(groupOfPoint, groups);
        var shares = Shares(members, clusters, count);
        var centroids = new float[(long)clusters * dimensions];
        var assigned = groupOfPoint;
        var groupStarts = new int[groups + 1];
        for (var group = 0; group < groups; group++)
        {
            groupStarts[group + 1] = groupStarts[group] + shares[group];
            if (shares[group] == 0)
            {
                continue;
            }

            var own = Gather(points, dimensions, members[group]);
            var (centres, within) = SphericalKMeans.Cluster(own, dimensions, shares[group], iterations, seed + group, cancellationToken);
            centres.CopyTo(centroids, (long)groupStarts[group] * dimensions);
            for (var i = 0; i < within.Length; i++)
            {
                assigned[members[group][i]] = groupStarts[group] + within[i];
            }
        }

        RefineAll(points, dimensions, centroids, groupStarts, assigned, RefiningPasses, cancellationToken);
        return (centroids, assigned, groupStarts);
    }

    private static (float[] Centroids, int[] Assigned) FromSample(
        float[] points, int dimensions, int clusters, int sampled, int iterations, long seed, CancellationToken cancellationToken)
    {
        var (centroids, _, groupStarts) = Whole(Sample(points, dimensions, sampled, seed, 0x5A3B), dimensions, clusters, iterations, seed, cancellationToken);

        // A point starts anywhere in the nearest group; refining finds its cluster.
        var assigned = new int[points.Length / dimensions];
        SphericalKMeans.Assign(points, Means(centroids, dimensions, groupStarts), dimensions, assigned, new float[assigned.Length]);
        for (var i = 0; i < assigned.Length; i++)
        {
            assigned[i] = Math.Min(groupStarts[assigned[i]], clusters - 1);
        }

        RefineAll(points, dimensions, centroids, groupStarts, assigned, PassesOverAll, cancellationToken);
        return (centroids, assigned);
    }

    /// <summary>Passes until few points move; every cluster keeps a point.</summary>
    private static void RefineAll(float[] points, int dimensions, float[] centroids, int[] groupStarts, int[] assigned, int passes, CancellationToken cancellationToken)
    {
        var similarity = new float[assigned.Length];
        for (var pass = 0; pass < passes; pass++)
        {
            var moved = Refine(points, dimensions, centroids, groupStarts, assigned, similarity, cancellationToken);
            moved += SphericalKMeans.FillEmpty(groupStarts[^1], assigned, similarity);
            SphericalKMeans.Update(points, dimensions, assigned, centroids);
            if (moved <= assigned.Length / 200)
            {
                break;
            }
        }
    }

    /// <summary>Centroids of the groups, learned on a sample.</summary>
    private static float[] Groups(float[] points, int dimensions, int groups, int iterations, long seed, CancellationToken cancellationToken)
    {
        var sample = Sample(points, dimensions, SamplePerGroup * groups, seed, 0x6809);
        return SphericalKMeans.Cluster(sample, dimensions, groups, iterations, seed, cancellationToken).Centroids;
    }

    private static float[] Sample(float[] points, int dimensions, int most, long seed, long stream)
    {
        var order = Enumerable.Range(0, points.Length / dimensions).ToArray();
        SplitMix.Of(seed, stream).Shuffle(order.AsSpan());
        return Gather(points, dimensions, order[..Math.Min(order.Length, most)]);
    }

    /// <summary>One pass: every point goes to the best centroid of its group and the groups nearest to that. Returns how many moved.</summary>
    private static int Refine(float[] points, int dimensions, float[] centroids, int[] groupStarts, int[] assigned, float[] similarity, CancellationToken cancellationToken)
    {
        var groups = groupStarts.Length - 1;
        var near = Near(centroids, dimensions, groupStarts);
        var groupOfCluster = new int[groupStarts[^1]];
        for (var group = 0; group < groups; group++)
        {
            groupOfCluster.AsSpan(groupStarts[group]..groupStarts[group + 1]).Fill(group);
        }

        var moved = 0;
        var members = Members(Array.ConvertAll(assigned, cluster => groupOfCluster[cluster]), groups);
        for (var group = 0; group < groups; group++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] candidates = [.. near[group].SelectMany(other => Enumerable.Range(groupStarts[other], groupStarts[other + 1] - groupStarts[other]))];
            if (members[group].Length == 0 || candidates.Length == 0)
            {
                continue;
            }

            var own = new int[members[group].Length];
            var ownSimilarity = new float[own.Length];
            SphericalKMeans.Assign(Gather(points, dimensions, members[group]), Gather(centroids, dimensions, candidates), dimensions, own, ownSimilarity);
            for (var i = 0; i < own.Length; i++)
            {
                moved += assigned[members[group][i]] == candidates[own[i]] ? 0 : 1;
                assigned[members[group][i]] = candidates[own[i]];
                similarity[members[group][i]] = ownSimilarity[i];
            }
        }

        return moved;
    }

    /// <summary>For each group, itself and the groups whose mean centroid is nearest to its own.</summary>
    private static int[][] Near(float[] centroids, int dimensions, int[] groupStarts)
    {
        var groups = groupStarts.Length - 1;
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        var unit = tensor(Means(centroids, dimensions, groupStarts), [groups, dimensions]);
        var (_, indices) = unit.matmul(unit.t()).Plus(eye(groups).mul(Scalars.Real(2))).topk(Math.Min(NearGroups, groups), 1);
        return [.. indices.data<long>().ToArray().Select(index => (int)index).Chunk(Math.Min(NearGroups, groups))];
    }

    /// <summary>The unit mean of each group's centroids, row-major; zero for a group without any.</summary>
    private static float[] Means(float[] centroids, int dimensions, int[] groupStarts)
    {
        var groups = groupStarts.Length - 1;
        var means = new float[groups * dimensions];
        for (var group = 0; group < groups; group++)
        {
            var mean = means.AsSpan(group * dimensions, dimensions);
            for (var cluster = groupStarts[group]; cluster < groupStarts[group + 1]; cluster++)
            {
                TensorPrimitives.Add(mean, centroids.AsSpan(cluster * dimensions, dimensions), mean);
            }
        }

        for (var group = 0; group < groups; group++)
        {
            var mean = means.AsSpan(group * dimensions, dimensions);
            TensorPrimitives.Divide(mean, Math.Max(TensorPrimitives.Norm<float>(mean), 1e-12f), mean);
        }

        return means;
    }

    /// <summary>Clusters by group: in proportion to its points, at least one where it has any, at most as many as it has points.</summary>
    private static int[] Shares(int[][] members, int clusters, int count)
    {
        var shares = Array.ConvertAll(members, group => Math.Min(group.Length, Math.Max(group.Length == 0 ? 0 : 1, (int)((long)clusters * group.Length / count))));
        var left = clusters - shares.Sum();
        for (; left != 0; left += left > 0 ? -1 : 1)
        {
            // The group with most points a cluster gets one more; the one with fewest gives one up.
            var group = left > 0
                ? Enumerable.Range(0, shares.Length).Where(g => shares[g] < members[g].Length).MaxBy(g => (double)members[g].Length / Math.Max(1, shares[g]))
                : Enumerable.Range(0, shares.Length).Where(g => shares[g] > 1).MinBy(g => (double)members[g].Length / shares[g]);
            shares[group] += left > 0 ? 1 : -1;
        }

        return shares;
    }

    private static int[][] Members(int[] groupOfPoint, int groups)
    {
        var sizes = new int[groups];
        foreach (var group in groupOfPoint)
        {
            sizes[group]++;
        }

        var members = Array.ConvertAll(sizes, size => new int[size]);
        Array.Clear(sizes);
        for (var point = 0; point < groupOfPoint.Length; point++)
        {
            members[groupOfPoint[point]][sizes[groupOfPoint[point]]++] = point;
        }

        return members;
    }

    private static float[] Gather(float[] rows, int dimensions, int[] chosen)
    {
        var gathered = new float[(long)chosen.Length * dimensions];
        for (var i = 0; i < chosen.Length; i++)
        {
            rows.AsSpan(chosen[i] * dimensions, dimensions).CopyTo(gathered.AsSpan(i * dimensions));
        }

        return gathered;
    }
}
