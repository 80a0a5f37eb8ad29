using Lurm.Store.Encoders;

namespace Lurm.Store.Queries;

/// <summary>How much more often some users have an interest than the population does, by log-odds.</summary>
/// <remarks>The population's share of an interest is e^(−idf): that of all users the model was trained on.</remarks>
internal sealed class InterestOdds
{
    /// <summary>Users whose bags are read for it; more change the figures by less than their own uncertainty.</summary>
    private const int MaxUsers = 5_000;

    private readonly int[] _having;
    private readonly float[] _idf;
    private int _users;

    public InterestOdds(InterestModel interests)
    {
        _having = new int[interests.Count];
        _idf = interests.Idf.ToArray();
    }

    /// <summary>Counts the interests of these users, of at most a fixed number of them, evenly chosen. A user has what its lifetime bag holds, and no interest by a kind of weight 0.</summary>
    public static InterestOdds Of(LurmDatabase database, QueryBags bags, ReadOnlySpan<long> ascendingKeys, CancellationToken cancellationToken)
    {
        var odds = new InterestOdds(bags.Bundle.Interests);
        var step = Math.Max(1, (double)ascendingKeys.Length / MaxUsers);
        var chosen = new List<long>();
        for (var at = 0.0; at < ascendingKeys.Length; at += step)
        {
            chosen.Add(ascendingKeys[(int)at]);
        }

        BagBuilder? builder = null;
        database.ReadHistories(
            chosen.ToArray(),
            (_, entries) =>
            {
                builder = bags.LifetimeBuilder(entries, builder);
                builder.Build(entries);
                foreach (var interest in builder[0].Keys)
                {
                    odds._having[interest]++;
                }

                odds._users++;
            },
            cancellationToken);
        return odds;
    }

    /// <summary>
    /// Log-odds of every interest, 0 where it is not above the population's: that a few users lack an interest says little, and summed over all the
    /// interests they lack it would say that whoever has many interests is unlike them.
    /// </summary>
    public float[] ToWeights()
    {
        var weights = new float[_having.Length];
        for (var interest = 0; interest < weights.Length; interest++)
        {
            weights[interest] = (float)Math.Max(0, LogOdds(interest));
        }

        return weights;
    }

    /// <summary>The strongest interests that at least two of the users have, or one where there is but one user.</summary>
    public IReadOnlyList<AudienceInterest> Top(int count, IReadOnlyList<string> labels) =>
    [
        .. Enumerable.Range(0, _having.Length)
            .Where(interest => _having[interest] >= Math.Min(2, _users))
            .Select(interest => new AudienceInterest(interest, labels[interest], LogOdds(interest)))
            .Where(interest => interest.LogOdds > 0)
            .OrderByDescending(interest => interest.LogOdds)
            .ThenBy(interest => interest.Interest)
            .Take(count),
    ];

    /// <summary>Shares are drawn towards the population's by one imagined user, so that a rare interest of one user does not lead.</summary>
    private double LogOdds(int interest)
    {
        var population = Math.Clamp(Math.Exp(-_idf[interest]), 1e-6, 1 - 1e-3);
        var here = Math.Clamp((_having[interest] + population) / (_users + 1.0), 1e-6, 1 - 1e-6);
        return Math.Log(here / (1 - here)) - Math.Log(population / (1 - population));
    }
}
