using Lurm.Store;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Histories;

namespace Lurm.Training.Evaluation;

/// <summary>The same users described in every way that the tables compare.</summary>
internal sealed class RepresentationSet
{
    /// <summary>Lifetime bags of interests; every representation is divided by them.</summary>
    public required SparseFeatures Bags { get; init; }

    /// <summary>In the order of the tables; LURM last, where there is an encoder.</summary>
    public required IReadOnlyList<Representation> All { get; init; }

    public static RepresentationSet Build(
        UserHistories histories, EvaluatedModel model, IReadOnlyList<ItemRecord> items, long seed, CancellationToken cancellationToken)
    {
        var bags = Features.Bags.Build(histories, model.InterestOfItem, model.Interests, model.KindWeights, model.Idf).Features;
        var positions = new int[items.Count == 0 ? 0 : items.Max(item => item.Key) + 1];
        Array.Fill(positions, -1);
        for (var i = 0; i < items.Count; i++)
        {
            positions[items[i].Key] = i;
        }

        var tfIdf = Features.Bags.Build(histories, positions, items.Count, model.KindWeights).Features;
        var all = new List<Representation>
        {
            new(Representation.SparseBag, bags),
            new(Representation.ItemTfIdf, tfIdf),
            new(Representation.TruncatedSvd, Baselines.SingularVectors(bags, model.Dimensions, seed, cancellationToken)),
        };
        if (ItemVectors.Mean(tfIdf, items, model) is { } mean)
        {
            all.Add(new Representation(Representation.MeanItemVector, mean));
        }

        all.Add(new Representation(Representation.RandomProjection, Baselines.RandomProjection(bags, model.Dimensions, seed)));
        if (model.Encode is { } encode)
        {
            all.Add(new Representation(Representation.Lurm, encode(histories, cancellationToken)));
        }

        return new RepresentationSet { Bags = bags, All = all };
    }
}
