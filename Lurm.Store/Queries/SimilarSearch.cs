using Lurm.Index;
using Lurm.Store.Generations;

namespace Lurm.Store.Queries;

/// <summary>Answers similar-user queries on one view.</summary>
internal sealed class SimilarSearch(LurmDatabase database, GenerationView view, CancellationToken cancellationToken)
{
    public const int MaxK = 10_000;

    /// <summary>
    /// Beam width: at least this, and twice k. Measured floor of recall@10 ≥ 0.98 on user representations is near 64; the rest is for harder data.
    /// </summary>
    private const int MinEf = 128;

    /// <summary>How many interests an explanation names.</summary>
    private const int MaxShared = 10;

    /// <summary>The beam width of a search for <paramref name="hits"/> users.</summary>
    public static int Ef(int hits) => Math.Max(MinEf, 2 * hits);

    /// <summary>The fast path: one stored user, no options.</summary>
    public IReadOnlyList<SimilarUser> ByUser(string userId, int k, UserFilter? filter)
    {
        var (key, vector) = Representation(userId);
        return Search(vector, k, filter, key, null);
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
            var (key, stored) = query.Respect is null && !query.Recent ? Representation(userId) : (UserKey(userId), Encode(userId, query.Respect, halfLife));
            (self, vector) = (key, stored);
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
        if (k is < 1 or > MaxK)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"expected 1 to {MaxK}");
        }

        var keys = filter is null ? null : database.SelectUserKeys(filter, cancellationToken);
        var passing = keys is null ? null : VectorFilter.FromKeys(keys);
        var users = new List<SimilarUser>(k);

        // Erased since the index last heard of it: such hits have no id. Ask for more until k stand or nothing is left.
        for (var wanted = k + (self is null ? 0 : 1); ; wanted *= 2)
        {
            var hits = new Neighbor[Math.Min(wanted, view.Index.Count)];
            if (hits.Length == 0)
            {
                return users;
            }

            var ef = Ef(hits.Length);
            var found = passing is null ? view.Index.Search(vector, hits, ef, cancellationToken) : view.Index.Search(vector, hits, ef, passing, cancellationToken).Count;
            Collect(hits.AsSpan(0, found), k, self, minScore, users);
            if (users.Count == k || found < wanted || (minScore is { } floor && found > 0 && hits[found - 1].Score < floor))
            {
                return users;
            }

            users.Clear();
        }
    }

    private void Collect(ReadOnlySpan<Neighbor> hits, int k, long? self, float? minScore, List<SimilarUser> users)
    {
        var keys = new long[hits.Length];
        for (var i = 0; i < hits.Length; i++)
        {
            keys[i] = hits[i].Key;
        }

        var ids = new string?[keys.Length];
        database.GetUserIds(keys, ids);
        for (var i = 0; i < hits.Length && users.Count < k; i++)
        {
            if (ids[i] is { } id && hits[i].Key != self && !(hits[i].Score < minScore))
            {
                users.Add(new SimilarUser(id, hits[i].Score));
            }
        }
    }

    private long UserKey(string userId) => database.TryGetUserKey(userId, out var key) ? key : throw UnknownUser(userId);

    private (long Key, float[] Vector) Representation(string userId)
    {
        var key = UserKey(userId);
        var vector = new float[view.Index.Dimensions];
        return view.Index.TryGetVector(key, vector)
            ? (key, vector)
            : throw new StoreException(StoreFault.NotFound, $"user '{userId}' has no representation: it came after the last embedding, or model '{view.Generation.ModelId}' knows none of its items. Run 'lurm embed'.");
    }

    private float[] Encode(string userId, IReadOnlyList<int>? respect, double? halfLife)
    {
        var vector = new float[view.Index.Dimensions];
        var encoded = false;
        database.ReadHistory(UserKey(userId), (_, entries) => encoded = view.Bags.TryEncode(entries, respect, halfLife, vector));
        return encoded
            ? vector
            : throw new StoreException(StoreFault.Invalid, $"the history of user '{userId}' holds nothing that model '{view.Generation.ModelId}' knows{(respect is null ? string.Empty : " of the interests asked for")}; expected at least one such event.");
    }

    private SimilarUser Explain(SimilarUser user, Dictionary<int, float> bag)
    {
        if (!database.TryGetUserKey(user.Id, out var key))
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
