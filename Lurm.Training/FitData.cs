using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Histories;
using Lurm.Training.Interests;
using Lurm.Training.Items;
using Lurm.Training.Smen;

namespace Lurm.Training;

/// <summary>What is known before the network is trained: item vectors, interests and where bags come from.</summary>
/// <param name="Histories">Of the training users.</param>
/// <param name="Items">Vectors of the items with events.</param>
/// <param name="Table">Their interests.</param>
/// <param name="Interests">The same, as the bundle holds it.</param>
/// <param name="Source">Derives bags; so far of lifetime alone.</param>
internal sealed record FitData(UserHistories Histories, ItemVectors Items, InterestTable Table, InterestModel Interests, BagSource Source)
{
    /// <summary>The interest of an item by its row number; −1 where it takes no part.</summary>
    public int InterestOf(int item) => Items.NumberOf[item] is >= 0 and var number ? Table.Assigned[number] : -1;

    /// <summary>The interests that some entries touch.</summary>
    public HashSet<int> InterestsOf(ReadOnlySpan<HistoryEntry> entries)
    {
        var touched = new HashSet<int>();
        foreach (ref readonly var entry in entries)
        {
            if (InterestOf(entry.Item) is >= 0 and var interest)
            {
                touched.Add(interest);
            }
        }

        return touched;
    }

    /// <summary>Learns item vectors and interests.</summary>
    /// <param name="histories">What may be seen.</param>
    /// <param name="catalogue">All items.</param>
    /// <param name="kinds">Kinds by kind key.</param>
    /// <param name="grain">The database's.</param>
    /// <param name="options">Validated.</param>
    /// <param name="stage">Told when a stage ended.</param>
    /// <param name="cancellationToken">Checked once per item and pass.</param>
    public static FitData Build(UserHistories histories, IReadOnlyList<ItemRecord> catalogue, IReadOnlyList<string> kinds, PeriodGrain grain, FitOptions options, Action<string>? stage, CancellationToken cancellationToken)
    {
        var items = ItemVectors.Learn(catalogue, histories, options.ItemDimensions, options.ItemShift, options.Seed, cancellationToken);
        if (items.Supplied.Remark is { } remark)
        {
            stage?.Invoke(remark);
        }

        stage?.Invoke(FormattableString.Invariant($"{items.Items.Count:N0} item vectors of {items.Dimensions} components {(items.AreSupplied ? "taken as supplied" : "learned from co-occurrence")}"));
        var table = InterestTable.Build(items, options.Interests, options.Seed, cancellationToken);
        stage?.Invoke(FormattableString.Invariant($"{table.Count:N0} interests"));
        var known = items.Items.Select((item, number) => KeyValuePair.Create(item.Id, table.Assigned[number]));
        var idf = InverseFrequency.Of(histories, items.NumberOf, table.Assigned, table.Count);
        var interests = InterestModel.Create(table.Labels, idf, known, items.Dimensions, table.Centroids, items.AreSupplied, items.Text);
        var card = new ModelCard
        {
            ModelId = "training",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Anchors = options.Smen.Anchors,
            AnchorDimensions = options.Smen.AnchorDimensions,
            Interests = table.Count,
            Grain = grain,
            Bags = [TrainingBags.LifetimeBag],
            KindWeights = KindWeights.For(kinds, options.KindWeights),
        };
        return new FitData(histories, items, table, interests, new BagSource(card, interests, interests.MapItems(catalogue, cancellationToken), kinds));
    }
}
