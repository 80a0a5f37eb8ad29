using System.Numerics.Tensors;

namespace Lurm.Training.Smen;

/// <summary>Whether users that training never saw find the neighbours that their bags would find: what early stopping goes by.</summary>
/// <remarks>The loss is dominated by the many pairs that have nothing in common; it rises on held-out users long before their neighbours get worse.</remarks>
internal sealed class HeldOutNeighbours
{
    private const int Neighbours = 10;
    private const int MaxQueries = 512;
    private const int MaxCandidates = 4096;

    private readonly int[] _users;
    private readonly int _queries;
    private readonly HashSet<int>[] _nearest;

    public HeldOutNeighbours(TrainingBags bags, int[] heldOut, int[] training)
    {
        var queries = heldOut[..Math.Min(MaxQueries, heldOut.Length)];
        var candidates = training[..Math.Min(MaxCandidates, training.Length)];
        _queries = queries.Length;
        _users = [.. queries, .. candidates];
        _nearest = new HashSet<int>[_queries];
        Parallel.For(0, _queries, query => _nearest[query] = [.. Nearest(bags.Target.Similarities(queries[query], candidates))]);
    }

    /// <summary>The mean share of the nearest candidates by bags that are among the nearest by representation.</summary>
    public double Measure(Func<int[], float[]> encode)
    {
        var vectors = encode(_users);
        var width = vectors.Length / _users.Length;
        var shares = new double[_queries];
        Parallel.For(0, _queries, query =>
        {
            var scores = new float[_users.Length - _queries];
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = TensorPrimitives.Dot(vectors.AsSpan(query * width, width), vectors.AsSpan((_queries + i) * width, width));
            }

            shares[query] = Nearest(scores).Count(_nearest[query].Contains) / (double)Math.Min(Neighbours, scores.Length);
        });
        return shares.Average();
    }

    private static ArraySegment<int> Nearest(float[] scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(Array.ConvertAll(scores, score => -score), order);
        return new ArraySegment<int>(order, 0, Math.Min(Neighbours, order.Length));
    }
}
