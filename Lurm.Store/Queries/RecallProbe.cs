using Lurm.Index;
using Lurm.Store.Generations;

namespace Lurm.Store.Queries;

/// <summary>Compares the index's answers, asked as <c>Similar</c> asks, with exact ones.</summary>
internal static class RecallProbe
{
    /// <summary>Scores that differ by less count as equal: a tie may be broken either way.</summary>
    private const float Tie = 1e-6f;

    public static RecallReport Run(LurmDatabase database, GenerationView view, int k, int sample, int seed, CancellationToken cancellationToken)
    {
        var keys = RepresentationReader.ReadKeys(database.Connections, view.Generation.Number, cancellationToken);
        new Random(seed).Shuffle(keys);
        var vector = new float[view.Index.Dimensions];
        var (found, wanted, asked) = (0L, 0L, 0);
        foreach (var key in keys.Take(sample))
        {
            if (!view.Index.TryGetVector(key, vector))
            {
                continue;
            }

            asked++;
            var exact = new Neighbor[Math.Min(k + 1, view.Index.Count)];
            var near = new Neighbor[exact.Length];
            var truth = Others(exact.AsSpan(0, view.Index.Scan(vector, exact, null, 1, cancellationToken)), key, k);
            var answer = Others(near.AsSpan(0, view.Index.Search(vector, near, SimilarSearch.Ef(near.Length), cancellationToken)), key, k);
            wanted += truth.Count;
            found += truth.Count == 0 ? 0 : Math.Min(truth.Count, answer.Count(hit => hit.Score >= truth[^1].Score - Tie));
        }

        return new RecallReport(wanted == 0 ? 1 : (double)found / wanted, k, asked);
    }

    private static List<Neighbor> Others(ReadOnlySpan<Neighbor> hits, long self, int k)
    {
        var others = new List<Neighbor>(hits.Length);
        foreach (var hit in hits)
        {
            if (hit.Key != self && others.Count < k)
            {
                others.Add(hit);
            }
        }

        return others;
    }
}
