using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;

namespace Lurm.Training.Smen;

/// <summary>Derives bags of training users with the very builder that serves, also thinned ones for contrast.</summary>
/// <param name="card">Names the bags.</param>
/// <param name="interests">The interests.</param>
/// <param name="itemInterests">Interest by item row number.</param>
/// <param name="kinds">Kinds by kind key.</param>
internal sealed class BagSource(ModelCard card, InterestModel interests, int[] itemInterests, IReadOnlyList<string> kinds)
{
    /// <summary>What the bags are.</summary>
    public ModelCard Card { get; } = card;

    /// <summary>A builder, for one thread.</summary>
    public BagBuilder CreateBuilder() => new(Card, interests, itemInterests, kinds);

    /// <summary>The same users and items, seen through other bag inputs.</summary>
    public BagSource With(IReadOnlyList<BagInput> bags) => new(Card with { Bags = bags }, interests, itemInterests, kinds);

    /// <summary>Bags of these users, a column per bag input.</summary>
    public BagColumn[] Build(UserHistories histories, ReadOnlySpan<int> users)
    {
        var builder = CreateBuilder();
        var columns = NewColumns();
        foreach (var user in users)
        {
            builder.Build(histories[user]);
            Append(columns, builder);
        }

        return columns;
    }

    /// <summary>Bags of every user.</summary>
    public BagColumn[] Build(UserHistories histories) => Build(histories, Enumerable.Range(0, histories.Count).ToArray());

    /// <summary>Bags of these users from half of their events, each kept by a coin of (seed, epoch, view, user): one view of a user for contrast.</summary>
    public BagColumn[] BuildThinned(UserHistories histories, ReadOnlySpan<int> users, long seed, int epoch, int view)
    {
        var builder = CreateBuilder();
        var columns = NewColumns();
        var kept = Array.Empty<HistoryEntry>();
        foreach (var user in users)
        {
            var entries = histories[user];
            if (kept.Length < entries.Length)
            {
                kept = new HistoryEntry[entries.Length * 2];
            }

            var random = SplitMix.Of(seed, epoch, view, user);
            var count = Thin(entries, kept, ref random);
            if (!builder.Build(kept.AsSpan(0, count)))
            {
                builder.Build(entries);
            }

            Append(columns, builder);
        }

        return columns;
    }

    /// <summary>Keeps each event with probability ½; returns how many entries have any left.</summary>
    internal static int Thin(ReadOnlySpan<HistoryEntry> entries, Span<HistoryEntry> kept, ref SplitMix random)
    {
        var count = 0;
        foreach (ref readonly var entry in entries)
        {
            var heads = random.NextHeads(entry.Count);
            if (heads > 0)
            {
                kept[count++] = entry with { Count = heads, WeightThousandths = (long)((double)entry.WeightThousandths * heads / entry.Count) };
            }
        }

        return count;
    }

    private BagColumn[] NewColumns() => [.. Card.Bags.Select(_ => new BagColumn(Card.Interests))];

    private static void Append(BagColumn[] columns, BagBuilder builder)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Add(builder[i]);
        }
    }
}
