using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Histories;

namespace Lurm.Training.Smen;

/// <summary>Everything a network is trained on: the bags it sees, the geometry it is to keep, and who has any.</summary>
internal sealed class TrainingBags
{
    private TrainingBags(BagSource source, UserHistories histories, BagColumn[] columns, BagColumn lifetime, GeometryTarget target, int[] users)
    {
        Source = source;
        Histories = histories;
        Columns = columns;
        Lifetime = lifetime;
        Target = target;
        Users = users;
    }

    /// <summary>Where bags come from.</summary>
    public BagSource Source { get; }

    /// <summary>Whose they are.</summary>
    public UserHistories Histories { get; }

    /// <summary>A column per bag input, all users.</summary>
    public BagColumn[] Columns { get; }

    /// <summary>Lifetime bags, whether the network sees them or not.</summary>
    public BagColumn Lifetime { get; }

    /// <summary>What the representation is to keep.</summary>
    public GeometryTarget Target { get; }

    /// <summary>Users that have a bag.</summary>
    public int[] Users { get; }

    /// <summary>Derives all bags of <paramref name="histories"/>.</summary>
    public static TrainingBags Build(BagSource source, UserHistories histories, SmenOptions options)
    {
        var columns = source.Build(histories);
        var lifetime = ColumnOf(Scale.Lifetime) ?? source.With([LifetimeBag]).Build(histories)[0];
        var target = ColumnOf(Scale.Recent) is { } recent
            ? new GeometryTarget((lifetime, 1 - options.RecentShare), (recent, options.RecentShare))
            : new GeometryTarget((lifetime, 1));
        int[] users = [.. Enumerable.Range(0, histories.Count).Where(user => !IsEmpty(lifetime.PartsOf(user)))];
        return new TrainingBags(source, histories, columns, lifetime, target, users);

        BagColumn? ColumnOf(Scale scale)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if (source.Card.Bags[i].Scale == scale)
                {
                    return columns[i];
                }
            }

            return null;
        }
    }

    /// <summary>The bag of everything.</summary>
    public static BagInput LifetimeBag { get; } = new() { Name = "lifetime", Scale = Scale.Lifetime };

    private static bool IsEmpty(Range range) => range.Start.Value == range.End.Value;
}
