using System.Numerics.Tensors;
using Lurm.Training.Items;

namespace Lurm.Training.Interests;

/// <summary>Items grouped into interests: each item's interest, unit centroids and a readable label each.</summary>
/// <param name="Assigned">Interest by item number.</param>
/// <param name="Centroids">Row-major, shape [Count × dimensions].</param>
/// <param name="Labels">By interest.</param>
internal sealed record InterestTable(int[] Assigned, float[] Centroids, string[] Labels)
{
    /// <summary>Catalogues up to this size get one interest per item: clustering would only blur them. Beyond, a table row per item would make the encoder large.</summary>
    public const int IdentityItems = 32_768;

    private const int MaxInterests = 100_000;
    private const int Iterations = 25;

    /// <summary>Comparisons of a pass over all pairs that still take seconds; beyond, clusters are found group by group.</summary>
    private const long FlatPairs = 1_000_000_000;

    /// <summary>How many interests.</summary>
    public int Count => Labels.Length;

    /// <summary>Groups the items.</summary>
    /// <param name="items">Their vectors.</param>
    /// <param name="wanted">How many interests; none: one per item up to <see cref="IdentityItems"/>, else 16 times the root of the items.</param>
    /// <param name="seed">Of the clustering.</param>
    /// <param name="cancellationToken">Checked once per pass.</param>
    public static InterestTable Build(ItemVectors items, int? wanted, long seed, CancellationToken cancellationToken)
    {
        var count = wanted ?? Default(items.Items.Count);
        if (count >= items.Items.Count)
        {
            int[] identity = [.. Enumerable.Range(0, items.Items.Count)];
            return new InterestTable(identity, items.Vectors, InterestLabels.Make(items, identity, items.Vectors, items.Items.Count));
        }

        var (centroids, assigned) = (long)items.Items.Count * count <= FlatPairs
            ? SphericalKMeans.Cluster(items.Vectors, items.Dimensions, count, Iterations, seed, cancellationToken)
            : HierarchicalKMeans.Cluster(items.Vectors, items.Dimensions, count, Iterations, seed, cancellationToken);
        return new InterestTable(assigned, centroids, InterestLabels.Make(items, assigned, centroids, count));
    }

    /// <summary>How many interests a catalogue gets if nobody says.</summary>
    public static int Default(int items) => items <= IdentityItems ? items : (int)Math.Min(MaxInterests, Math.Round(16 * Math.Sqrt(items)));

    /// <summary>Mean cosine of items to their interest's centroid.</summary>
    public double Tightness(ItemVectors items)
    {
        var sum = 0.0;
        for (var i = 0; i < Assigned.Length; i++)
        {
            sum += TensorPrimitives.Dot(items.Vectors.AsSpan(i * items.Dimensions, items.Dimensions), Centroids.AsSpan(Assigned[i] * items.Dimensions, items.Dimensions));
        }

        return Assigned.Length == 0 ? 0 : sum / Assigned.Length;
    }
}
