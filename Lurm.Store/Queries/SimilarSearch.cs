using System.Buffers;
using Lurm.Index;
using Lurm.Store.Generations;

namespace Lurm.Store.Queries;

/// <summary>Answers similar-user queries on one view.</summary>
internal sealed class SimilarSearch(LurmDatabase database, GenerationView view, CancellationToken cancellationToken)
{
    /// <summary>
    /// Beam width: at least this, and twice k. Measured floor of recall@10 ≥ 0.98 on user representations is near 64; the rest is for harder data.
    /// </summary>
    private const int MinEf = 128;

    /// <summary>A beam of a few passing users says little about the next ones.</summary>
    private const int MinFilteredEf = 24;

    /// <summary>How many interests an explanation names.</summary>
    private const int MaxShared = 10;

    private readonly UserDirectory _users = database.KnownUsers;

    /// <summary>The beam width of a search for <paramref name="hits"/> users.</summary>
    public static int Ef(int hits) => Math.Max(MinEf, 2 * hits);

    /// <summary>
    /// The beam width among those that pass a filter. The index widens it by the filter's share, so that a beam of all that is
    /// ten times as wide finds its nearest tenth surely; what counts is that enough of them pass.
    /// </summary>
    public static int FilteredEf(int hits) => Math.Max(MinFilteredEf, hits + (hits / 2));

    /// <summary>The fast path: one stored user, no options. Warm, it allocates nothing but the answer.</summary>
    public IReadOnlyList<SimilarUser> ByUser(string userId, int k, UserFilter? filter)
    {
        var key = UserKey(userId);
        var vector = ArrayPool<float>.Shared.Rent(view.Index.Dimensions);
        try
        {
            var representation = vector.AsSpan(0, view.Index.Dimensions);
            Representation(userId, key, representation);
            return Search(representation, k, filter, key, null);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(vector);
        }
    }

    public SimilarResult Run(SimilarQuery query)
    {
        Check(query);
        long? self = null;
        float[] vector;
        Dictionary<int, float>? bag = null;
        var halfLife = query.Recent ? query.RecentHalfLife ?? view.Bags.RecentHalfLife : (double?)null;
        if (query.UserId is { } userId)
        {
            var key = UserKey(userId);
            self = key;
            vector = query.Respect is null && !query.Recent ? Stored(userId, key) : Encode(userId, key, query.Respect, halfLife);
            bag = query.Explain ? view.Bags.LifetimeBag(key) : null;
        }
        else if (query.Events is { } events)
        {
            vector = new float[view.Index.Dimensions];
            if (!view.Bags.TryEncode(events, query.Respect, halfLife, vector))
            {
                throw new StoreException(StoreFault.Invalid, $"none of the {events.Count} events is about an item that model '{view.Generation.ModelId}' knows or can guess from its text{Part(query)}; expected at least one.");
            }

            bag = query.Explain ? view.Bags.LifetimeBag(events) : null;
        }
        else
        {
            vector = Normalised(query.Vector!);
        }

        var users = Search(Weighted(vector, query.AnchorWeights), query.K, query.Filter, self, query.MinScore);
        return new SimilarResult(bag is null ? users : [.. users.Select(user => Explain(user, bag))], view.Generation.ModelId, view.Generation.PublishedAt!.Value);
    }

    private List<SimilarUser> Search(ReadOnlySpan<float> vector, int k, UserFilter? filter, long? self, float? minScore)
    {
        if (k is < 1 or > SimilarQuery.MaxK)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"expected 1 to {SimilarQuery.MaxK}");
        }

        var passing = filter is null ? null : database.SelectForSearch(filter, cancellationToken);
        var users = new List<SimilarUser>(k);
        var rented = ArrayPool<Neighbor>.Shared.Rent(k + 1);
        try
        {
            // Erased since the index last heard of it: such hits have no id. Ask for more until k stand or nothing is left.
            for (var wanted = k + (self is null ? 0 : 1); ; wanted *= 2)
            {
                if (rented.Length < wanted)
                {
                    ArrayPool<Neighbor>.Shared.Return(rented);
                    rented = ArrayPool<Neighbor>.Shared.Rent(wanted);
                }

                var hits = rented.AsSpan(0, Math.Min(wanted, view.Index.Count));
                if (hits.IsEmpty)
                {
                    return users;
                }

                var found = passing is null
                    ? view.Index.Search(vector, hits, Ef(hits.Length), cancellationToken)
                    : view.Index.Search(vector, hits, FilteredEf(hits.Length), passing, cancellationToken).Count;
                Collect(hits[..found], k, self, minScore, users);
                if (users.Count == k || found < wanted || (minScore is { } floor && found > 0 && hits[found - 1].Score < floor))
                {
                    return users;
                }

                users.Clear();
            }
        }
        finally
        {
            ArrayPool<Neighbor>.Shared.Return(rented);
        }
    }

    private void Collect(ReadOnlySpan<Neighbor> hits, int k, long? self, float? minScore, List<SimilarUser> users)
    {
        var keys = ArrayPool<long>.Shared.Rent(hits.Length);
        for (var i = 0; i < hits.Length; i++)
        {
            keys[i] = hits[i].Key;
        }

        _users.ReadUnknown(keys.AsSpan(0, hits.Length));
        ArrayPool<long>.Shared.Return(keys);
        for (var i = 0; i < hits.Length && users.Count < k; i++)
        {
            if (hits[i].Key != self && !(hits[i].Score < minScore) && _users.Find(hits[i].Key) is { } id)
            {
                users.Add(new SimilarUser(id, hits[i].Score) { UserKey = hits[i].Key });
            }
        }
    }

    private long UserKey(string userId) => _users.TryGetKey(userId, out var key) ? key : throw UnknownUser(userId);

    private void Representation(string userId, long key, Span<float> vector)
    {
        if (!view.Index.TryGetVector(key, vector))
        {
            throw new StoreException(StoreFault.NotFound, $"user '{userId}' has no representation: it came after the last embedding, or model '{view.Generation.ModelId}' knows none of its items. Run 'lurm embed'.");
        }
    }

    private float[] Stored(string userId, long key)
    {
        var vector = new float[view.Index.Dimensions];
        Representation(userId, key, vector);
        return vector;
    }

    private float[] Encode(string userId, long key, IReadOnlyList<int>? respect, double? halfLife)
    {
        var vector = new float[view.Index.Dimensions];
        var encoded = false;
        database.ReadHistory(key, (_, entries) => encoded = view.Bags.TryEncode(entries, respect, halfLife, vector));
        return encoded
            ? vector
            : throw new StoreException(StoreFault.Invalid, $"the history of user '{userId}' holds nothing that model '{view.Generation.ModelId}' knows{(respect is null ? string.Empty : " of the interests asked for")}; expected at least one such event.");
    }

    private SimilarUser Explain(SimilarUser user, Dictionary<int, float> bag)
    {
        if (!_users.TryGetKey(user.Id, out var key))
        {
            return user;
        }

        var labels = view.Bundle.Interests.Labels;
        var shared = from other in view.Bags.LifetimeBag(key)
                     where bag.ContainsKey(other.Key)
                     let weight = (double)bag[other.Key] * other.Value
                     orderby weight descending, other.Key
                     select new SharedInterest(other.Key, labels[other.Key], weight);
        return user with { SharedInterests = [.. shared.Take(MaxShared)] };
    }

    private float[] Weighted(float[] vector, IReadOnlyList<float>? weights)
    {
        if (weights is null)
        {
            return vector;
        }

        var size = view.Bundle.Card.AnchorDimensions;
        float[] weighted = [.. vector.Select((value, i) => value * weights[i / size])];
        return weighted.Any(value => value != 0)
            ? weighted
            : throw new StoreException(StoreFault.Invalid, "the anchor weights leave nothing of the query; expected at least one anchor of the user's with a weight other than 0.");
    }

    private static float[] Normalised(IReadOnlyList<float> vector)
    {
        var norm = Math.Sqrt(vector.Sum(value => (double)value * value));
        return norm > 0 && double.IsFinite(norm)
            ? [.. vector.Select(value => (float)(value / norm))]
            : throw new StoreException(StoreFault.Invalid, $"found a vector of length {norm}; expected finite numbers that are not all 0.");
    }

    private void Check(SimilarQuery query)
    {
        var card = view.Bundle.Card;
        if ((query.UserId is null ? 0 : 1) + (query.Vector is null ? 0 : 1) + (query.Events is null ? 0 : 1) != 1)
        {
            throw Invalid("expected exactly one of a user, a vector and events");
        }

        if (query.Vector is { } vector && vector.Count != card.Dimensions)
        {
            throw Invalid($"found a vector of {vector.Count} components; model '{card.ModelId}' expects {card.Dimensions}");
        }

        if (query.Vector is not null && (query.Respect is not null || query.Recent || query.Explain))
        {
            throw Invalid("respect, recent and explain need a user or events; found a vector");
        }

        if (query.AnchorWeights is { } weights && (weights.Count != card.Anchors || !weights.All(float.IsFinite)))
        {
            throw Invalid($"found {weights.Count} anchor weights; expected {card.Anchors} finite numbers");
        }

        if (query.Respect?.FirstOrDefault(interest => interest < 0 || interest >= card.Interests, -1) is { } unknown and not -1)
        {
            throw Invalid($"found interest {unknown}; expected 0 to {card.Interests - 1}");
        }

        if (query.Respect is { Count: 0 })
        {
            throw Invalid("found no interest to respect; expected at least one");
        }

        if (query.RecentHalfLife is { } halfLife && !(halfLife > 0 && double.IsFinite(halfLife)))
        {
            throw Invalid($"found a half-life of {halfLife}; expected a number above 0");
        }
    }

    private static string Part(SimilarQuery query) => query.Respect is null ? string.Empty : ", within the interests asked for";

    private static StoreException Invalid(string reason) => new(StoreFault.Invalid, $"{reason}.");

    private StoreException UnknownUser(string userId) => new(StoreFault.NotFound, $"there is no user '{userId}' in '{database.Folder}'.");
}
