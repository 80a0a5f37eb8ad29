using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Features;

/// <summary>Dense features made from sparse ones without training: what a learned representation has to beat.</summary>
internal static class Baselines
{
    /// <summary>Rows times a Gaussian matrix, then unit length; distances survive by Johnson and Lindenstrauss.</summary>
    public static DenseFeatures RandomProjection(SparseFeatures features, int dimensions, long seed)
    {
        var random = new SampleRandom(seed, 11);
        var projection = new float[features.Columns * dimensions];
        for (var i = 0; i < projection.Length; i++)
        {
            projection[i] = (float)random.NextNormal();
        }

        return DenseFeatures.UnitRows(features.Rows, dimensions, Project(features, projection, dimensions));
    }

    /// <summary>Rows times a matrix of shape [Columns × <paramref name="dimensions"/>].</summary>
    public static float[] Project(SparseFeatures features, float[] matrix, int dimensions)
    {
        var result = new float[(long)features.Rows * dimensions];
        Parallel.For(0, features.Rows, row =>
        {
            var target = result.AsSpan(row * dimensions, dimensions);
            var columns = features.ColumnsOf(row);
            var values = features.ValuesOf(row);
            for (var k = 0; k < columns.Length; k++)
            {
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(matrix.AsSpan(columns[k] * dimensions, dimensions), values[k], target, target);
            }
        });
        return result;
    }
}
