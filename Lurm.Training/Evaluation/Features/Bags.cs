using Lurm.Training.Evaluation.Data;

namespace Lurm.Training.Evaluation.Features;

/// <summary>Lifetime bags as sparse features: log(1 + count) · idf per column, each row of unit length.</summary>
internal sealed class Bags
{
    private Bags(SparseFeatures features, float[] idf)
    {
        Features = features;
        Idf = idf;
    }

    public SparseFeatures Features { get; }

    /// <summary>ln(users / users that have the column).</summary>
    public float[] Idf { get; }

    /// <summary>Makes the bags of all users.</summary>
    /// <param name="histories">The users.</param>
    /// <param name="columnOfItem">By item key; −1 leaves the item out.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="kindWeights">By kind key; a kind beyond it weighs 1.</param>
    /// <param name="idf">Taken as given; none: counted from these users.</param>
    public static Bags Build(UserHistories histories, int[] columnOfItem, int columns, ReadOnlySpan<double> kindWeights, float[]? idf = null)
    {
        var starts = new int[histories.Count + 1];
        var indices = new List<int>();
        var counts = new List<float>();
        var sums = new double[columns];
        var touched = new List<int>();
        for (var row = 0; row < histories.Count; row++)
        {
            foreach (ref readonly var entry in histories[row])
            {
                var column = (uint)entry.Item < (uint)columnOfItem.Length ? columnOfItem[entry.Item] : -1;
                if (column < 0)
                {
                    continue;
                }

                var weight = (uint)entry.Kind < (uint)kindWeights.Length ? kindWeights[entry.Kind] : 1;
                var count = weight * entry.WeightThousandths / 1000.0;
                if (count <= 0)
                {
                    continue;
                }

                if (sums[column] == 0)
                {
                    touched.Add(column);
                }

                sums[column] += count;
            }

            touched.Sort();
            foreach (var column in touched)
            {
                indices.Add(column);
                counts.Add((float)sums[column]);
                sums[column] = 0;
            }

            touched.Clear();
            starts[row + 1] = indices.Count;
        }

        idf ??= CountIdf(indices, columns, histories.Count);
        var values = new float[indices.Count];
        for (var row = 0; row < histories.Count; row++)
        {
            var squares = 0.0;
            for (var k = starts[row]; k < starts[row + 1]; k++)
            {
                values[k] = MathF.Log(1 + counts[k]) * idf[indices[k]];
                squares += values[k] * (double)values[k];
            }

            var norm = (float)Math.Sqrt(squares);
            for (var k = starts[row]; k < starts[row + 1] && norm > 0; k++)
            {
                values[k] /= norm;
            }
        }

        return new Bags(new SparseFeatures(columns, starts, [.. indices], values), idf);
    }

    private static float[] CountIdf(List<int> indices, int columns, int users)
    {
        var holders = new int[columns];
        foreach (var column in indices)
        {
            holders[column]++;
        }

        return Array.ConvertAll(holders, count => count == 0 ? 0 : (float)Math.Log((double)users / count));
    }
}
