using System.Numerics.Tensors;
using Lurm.Store;

namespace Lurm.Training.Evaluation.Features;

/// <summary>The mean of the vectors of a user's items, weighted as the bag weighs them.</summary>
internal static class ItemVectors
{
    /// <summary>Means of the items' own vectors or, where the database has none, of the centroids of their interests; none where there are neither.</summary>
    /// <param name="tfIdf">Users by item position, as <paramref name="items"/> lists them.</param>
    /// <param name="items">The catalogue.</param>
    /// <param name="model">Gives centroids.</param>
    public static DenseFeatures? Mean(SparseFeatures tfIdf, IReadOnlyList<ItemRecord> items, EvaluatedModel model)
    {
        var own = items.FirstOrDefault(item => !item.Vector.IsEmpty)?.Vector.Length ?? 0;
        var dimensions = own > 0 ? own : model.Centroids.Length / Math.Max(1, model.Interests);
        if (dimensions == 0)
        {
            return null;
        }

        var vectors = new float[items.Count * dimensions];
        for (var i = 0; i < items.Count; i++)
        {
            var target = vectors.AsSpan(i * dimensions, dimensions);
            var interest = model.InterestOfItem[items[i].Key];
            if (own > 0 && items[i].Vector.Length == own)
            {
                items[i].Vector.Span.CopyTo(target);
            }

            if (own == 0 && interest >= 0)
            {
                model.Centroids.AsSpan(interest * dimensions, dimensions).CopyTo(target);
            }

            var norm = TensorPrimitives.Norm<float>(target);
            if (norm > 0)
            {
                TensorPrimitives.Divide(target, norm, target);
            }
        }

        return Baselines.Project(tfIdf, vectors, dimensions);
    }
}
