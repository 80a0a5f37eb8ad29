using System.Diagnostics;
using System.Numerics.Tensors;
using Lurm.Training.Algebra;
using Lurm.Training.Interests;

namespace Lurm.Training.Tests.Interests;

/// <summary>What many interests of millions of items take. It asserts nothing and takes minutes, so it runs only when asked for: <c>-explicit only -class "*LargeClustering"</c>.</summary>
public sealed class LargeClustering
{
    private const int Dimensions = 64;
    private const int Iterations = 25;

    [Theory(Explicit = true)]
    [InlineData(1_000_000, 100_000)]
    [InlineData(10_000_000, 10_000)]
    public void Interests_of_millions_of_items(int items, int interests)
    {
        TorchProbe.Load(2);
        var points = Made(items, 20_000);
        var clock = Stopwatch.StartNew();
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var found = HierarchicalKMeans.Cluster(points, Dimensions, interests, Iterations, 1, TestContext.Current.CancellationToken);
        using var process = Process.GetCurrentProcess();
        Report($"{items:N0} x {Dimensions} into {interests:N0}: {clock.Elapsed.TotalSeconds:F0} s wall, {(process.TotalProcessorTime - processor).TotalSeconds:F0} s of processors, peak {process.PeakWorkingSet64 >> 20} MiB, mean cosine {Tightness(points, found):F4}");
    }

    [Fact(Explicit = true)]
    public void Beside_the_flat_clustering_where_both_run()
    {
        TorchProbe.Load(2);
        var points = Made(50_000, 1_000);
        var hierarchical = Tightness(points, HierarchicalKMeans.Cluster(points, Dimensions, 5_000, Iterations, 1, TestContext.Current.CancellationToken));
        var flat = Tightness(points, SphericalKMeans.Cluster(points, Dimensions, 5_000, Iterations, 1, TestContext.Current.CancellationToken));
        Report($"50,000 x {Dimensions} into 5,000: mean cosine {hierarchical:F4}, flat {flat:F4}: {hierarchical / flat:F4}");
    }

    private static void Report(FormattableString text) => TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant(text));

    private static double Tightness(float[] points, (float[] Centroids, int[] Assigned) found) => Enumerable.Range(0, found.Assigned.Length)
        .Average(i => TensorPrimitives.Dot<float>(points.AsSpan(i * Dimensions, Dimensions), found.Centroids.AsSpan(found.Assigned[i] * Dimensions, Dimensions)));

    /// <summary>Unit vectors about themes, half of their length noise: items of a shop.</summary>
    private static float[] Made(int count, int themes)
    {
        var random = SplitMix.Of(13, count);
        var centres = new float[themes * Dimensions];
        for (var i = 0; i < centres.Length; i++)
        {
            centres[i] = (float)random.NextGaussian();
        }

        var points = new float[count * Dimensions];
        for (var i = 0; i < count; i++)
        {
            var theme = random.Next(themes);
            var point = points.AsSpan(i * Dimensions, Dimensions);
            for (var j = 0; j < Dimensions; j++)
            {
                point[j] = centres[(theme * Dimensions) + j] + (float)random.NextGaussian();
            }

            TensorPrimitives.Divide(point, TensorPrimitives.Norm<float>(point), point);
        }

        return points;
    }
}
