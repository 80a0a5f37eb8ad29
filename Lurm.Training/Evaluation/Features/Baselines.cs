using Lurm.Training.Algebra;

namespace Lurm.Training.Evaluation.Features;

/// <summary>Dense features made from sparse ones without training: what a learned representation has to beat. Rows are of unit length.</summary>
internal static class Baselines
{
    /// <summary>Rows in the space of the matrix's first right singular vectors.</summary>
    public static DenseFeatures SingularVectors(SparseFeatures features, int dimensions, long seed, CancellationToken cancellationToken)
    {
        var (vectors, _) = TruncatedSvd.Compute(features.Matrix, dimensions, seed, cancellationToken: cancellationToken);
        return Project(features, vectors, dimensions);
    }

    /// <summary>Rows times a Gaussian matrix; distances survive by Johnson and Lindenstrauss.</summary>
    public static DenseFeatures RandomProjection(SparseFeatures features, int dimensions, long seed)
    {
        var random = SplitMix.Of(seed, 0xBA5E);
        var projection = new float[features.Columns * dimensions];
        for (var i = 0; i < projection.Length; i++)
        {
            projection[i] = (float)random.NextGaussian();
        }

        return Project(features, projection, dimensions);
    }

    /// <summary>Rows times a matrix of shape [Columns × <paramref name="dimensions"/>].</summary>
    public static DenseFeatures Project(SparseFeatures features, float[] matrix, int dimensions) =>
        DenseFeatures.UnitRows(features.Rows, dimensions, features.Matrix.Multiply(matrix, dimensions));
}
