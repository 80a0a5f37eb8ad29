using System.Numerics.Tensors;
using Lurm.Training.Algebra;

namespace Lurm.Training.Smen;

/// <summary>How many of a user's nearest users by exact lifetime bags are also nearest by representation: what a dense vector loses.</summary>
internal static class NeighbourOverlap
{
    private const int Queries = 500;
    private const int MaxCandidates = 20_000;

    /// <summary>Mean share of common users among the <paramref name="k"/> nearest, over a seeded sample of queries.</summary>
    /// <param name="bags">Whose bags.</param>
    /// <param name="encode">Representations of some users, row-major.</param>
    /// <param name="k">How many neighbours.</param>
    /// <param name="seed">Of the sample.</param>
    public static double Measure(TrainingBags bags, Func<int[], float[]> encode, int k, long seed)
    {
        var users = bags.Users.ToArray();
        var random = SplitMix.Of(seed, 0x0E);
        random.Shuffle(users.AsSpan());
        users = users[..Math.Min(users.Length, MaxCandidates)];
        if (users.Length <= k)
        {
            return 1;
        }

        var vectors = encode(users);
        var width = vectors.Length / users.Length;
        var bagRows = bags.Lifetime.RowPerUser().Select(users);
        var shares = new double[Math.Min(Queries, users.Length)];
        Parallel.For(0, shares.Length, query =>
        {
            var dense = new float[bagRows.Columns];
            var keys = bagRows.Keys(query);
            for (var i = 0; i < keys.Length; i++)
            {
                dense[keys[i]] = bagRows.Values(query)[i];
            }

            var exact = new float[users.Length];
            var approximate = new float[users.Length];
            for (var other = 0; other < users.Length; other++)
            {
                var dot = 0f;
                var otherKeys = bagRows.Keys(other);
                var otherValues = bagRows.Values(other);
                for (var i = 0; i < otherKeys.Length; i++)
                {
                    dot += dense[otherKeys[i]] * otherValues[i];
                }

                exact[other] = dot;
                approximate[other] = TensorPrimitives.Dot(vectors.AsSpan(query * width, width), vectors.AsSpan(other * width, width));
            }

            shares[query] = Nearest(exact, query, k).Intersect(Nearest(approximate, query, k)).Count() / (double)k;
        });
        return shares.Average();
    }

    private static IEnumerable<int> Nearest(float[] scores, int self, int k)
    {
        var order = Enumerable.Range(0, scores.Length).Where(other => other != self).ToArray();
        var keys = Array.ConvertAll(order, other => -scores[other]);
        Array.Sort(keys, order);
        return order.Take(k);
    }
}
