namespace Lurm.Index.Tests;

/// <summary>Seeded vectors of unit length, spread or in clusters, and the brute-force truth over them.</summary>
internal static class UnitVectors
{
    /// <summary>Row-major [count × dimensions], evenly spread.</summary>
    public static float[] Spread(int count, int dimensions, int seed) => Clustered(count, dimensions, seed, clusters: 0);

    /// <summary>As <see cref="Spread"/>, around centres with noise 0.8 of their length: what user vectors look like.</summary>
    public static float[] Clustered(int count, int dimensions, int seed, int clusters = 40)
    {
        // Centres are the same for every seed: rows and queries of one shape are of one distribution.
        var centres = Gaussians(new Random(4711), clusters * dimensions);
        var random = new Random(seed);
        for (var i = 0; i < clusters; i++)
        {
            Normalise(centres.AsSpan(i * dimensions, dimensions));
        }

        var vectors = Gaussians(random, count * dimensions);
        var noise = 0.8f / MathF.Sqrt(dimensions);
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.AsSpan(i * dimensions, dimensions);
            if (clusters > 0)
            {
                var centre = centres.AsSpan((int)(clusters * random.NextDouble() * random.NextDouble()) * dimensions, dimensions);
                for (var j = 0; j < dimensions; j++)
                {
                    vector[j] = centre[j] + (noise * vector[j]);
                }
            }

            Normalise(vector);
        }

        return vectors;
    }

    public static long[] Keys(int count, long first = 0)
    {
        var keys = new long[count];
        for (var i = 0; i < count; i++)
        {
            keys[i] = first + i;
        }

        return keys;
    }

    public static ReadOnlySpan<float> Row(float[] vectors, int row, int dimensions) => vectors.AsSpan(row * dimensions, dimensions);

    /// <summary>Share of the true k nearest that the index finds, over all queries; truth by double sums over the rows that pass.</summary>
    public static double Recall(IVectorIndex index, float[] base_, float[] queries, int k, int ef, Func<int, bool>? rows = null)
    {
        var d = index.Dimensions;
        var hits = new Neighbor[k];
        var found = 0;
        var total = 0;
        for (var q = 0; q < queries.Length / d; q++)
        {
            var truth = Nearest(base_, Row(queries, q, d), k, rows);
            var count = index.Search(Row(queries, q, d), hits, ef, TestContext.Current.CancellationToken);
            total += truth.Length;
            found += hits.Take(count).Count(hit => truth.Contains(hit.Key));
        }

        return (double)found / total;
    }

    /// <summary>The keys (row numbers) of the k nearest rows.</summary>
    public static long[] Nearest(float[] base_, ReadOnlySpan<float> query, int k, Func<int, bool>? rows = null)
    {
        var d = query.Length;
        var scores = new List<(double Score, long Row)>();
        for (var i = 0; i < base_.Length / d; i++)
        {
            if (rows is null || rows(i))
            {
                scores.Add((Dot(Row(base_, i, d), query), i));
            }
        }

        scores.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Row.CompareTo(b.Row));
        return [.. scores.Take(k).Select(s => s.Row)];
    }

    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static void Normalise(Span<float> vector)
    {
        var length = MathF.Sqrt((float)Dot(vector, vector));
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] /= length;
        }
    }

    private static float[] Gaussians(Random random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
