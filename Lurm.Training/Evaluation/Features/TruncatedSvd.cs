using System.Numerics.Tensors;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Features;

/// <summary>The first right singular vectors of a sparse matrix, by randomised subspace iteration (Halko, Martinsson and Tropp, 2011).</summary>
internal sealed class TruncatedSvd
{
    private const int Oversampling = 16;
    private const int PowerIterations = 6;

    private TruncatedSvd(int columns, int dimensions, float[] vectors, double[] singularValues)
    {
        Columns = columns;
        Dimensions = dimensions;
        Vectors = vectors;
        SingularValues = singularValues;
    }

    public int Columns { get; }

    /// <summary>As many as asked, or fewer where the matrix is smaller.</summary>
    public int Dimensions { get; }

    /// <summary>Row-major, shape [Columns × Dimensions].</summary>
    public float[] Vectors { get; }

    /// <summary>Descending.</summary>
    public double[] SingularValues { get; }

    public static TruncatedSvd Fit(SparseFeatures features, int dimensions, long seed, CancellationToken cancellationToken = default)
    {
        var columns = features.Columns;
        dimensions = Math.Min(dimensions, Math.Min(features.Rows, columns));
        var width = Math.Min(dimensions + Oversampling, Math.Min(features.Rows, columns));
        var random = new SampleRandom(seed, 12);

        // The basis is kept by vector, shape [width × columns], so that orthogonalisation runs over whole vectors.
        var basis = new float[width * columns];
        for (var i = 0; i < basis.Length; i++)
        {
            basis[i] = (float)random.NextNormal();
        }

        Orthonormalise(basis, width, columns);
        var transposed = features.Transpose();
        float[] image = [];
        for (var iteration = 0; iteration <= PowerIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // One multiplication by XᵀX: columns × width, by way of rows × width.
            image = Baselines.Project(transposed, Baselines.Project(features, Swap(basis, width, columns), width), width);
            if (iteration < PowerIterations)
            {
                basis = Swap(image, columns, width);
                Orthonormalise(basis, width, columns);
            }
        }

        // Rayleigh–Ritz: eigenvectors of Bᵀ(XᵀX)B turn the basis into singular vectors.
        var byVector = Swap(image, columns, width);
        var small = new double[width, width];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < width; j++)
            {
                small[i, j] = TensorPrimitives.Dot<float>(basis.AsSpan(i * columns, columns), byVector.AsSpan(j * columns, columns));
            }
        }

        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < i; j++)
            {
                small[i, j] = small[j, i] = (small[i, j] + small[j, i]) / 2;
            }
        }

        var (values, vectors) = SymmetricEigen.Solve(small);
        var result = new float[columns * dimensions];
        var singular = new double[dimensions];
        var rotated = new float[columns];
        for (var component = 0; component < dimensions; component++)
        {
            singular[component] = Math.Sqrt(Math.Max(0, values[component]));
            Array.Clear(rotated);
            for (var i = 0; i < width; i++)
            {
                TensorPrimitives.MultiplyAdd(basis.AsSpan(i * columns, columns), (float)vectors[i, component], rotated, rotated);
            }

            for (var column = 0; column < columns; column++)
            {
                result[(column * dimensions) + component] = rotated[column];
            }
        }

        return new TruncatedSvd(columns, dimensions, result, singular);
    }

    /// <summary>Rows in the space of the singular vectors, unit length.</summary>
    public DenseFeatures Transform(SparseFeatures features) =>
        DenseFeatures.UnitRows(features.Rows, Dimensions, Baselines.Project(features, Vectors, Dimensions));

    private static float[] Swap(float[] matrix, int rows, int columns)
    {
        var swapped = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                swapped[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return swapped;
    }

    /// <summary>Gram–Schmidt, twice over for the digits that the first pass loses.</summary>
    private static void Orthonormalise(float[] basis, int width, int length)
    {
        for (var i = 0; i < width; i++)
        {
            var vector = basis.AsSpan(i * length, length);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                {
                    var other = basis.AsSpan(j * length, length);
                    TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<float>(vector, other), vector, vector);
                }

                var norm = TensorPrimitives.Norm<float>(vector);
                if (norm > 0)
                {
                    TensorPrimitives.Divide(vector, norm, vector);
                }
            }
        }
    }
}
