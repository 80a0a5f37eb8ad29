using System.Numerics.Tensors;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;

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
        var counts = new SparseRows(columns);
        var sums = new double[columns];
        var touched = new List<int>();
        for (var row = 0; row < histories.Count; row++)
        {
            foreach (ref readonly var entry in histories[row])
            {
                var column = (uint)entry.Item < (uint)columnOfItem.Length ? columnOfItem[entry.Item] : -1;
                var weight = (uint)entry.Kind < (uint)kindWeights.Length ? kindWeights[entry.Kind] : 1;
                var count = weight * entry.WeightThousandths / 1000.0;
                if (column < 0 || count <= 0)
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
            counts.Add([.. touched], [.. touched.Select(column => (float)sums[column])]);
            touched.ForEach(column => sums[column] = 0);
            touched.Clear();
        }

        idf ??= CountIdf(counts);
        var rows = new SparseRows(columns);
        for (var row = 0; row < counts.Count; row++)
        {
            rows.Add(counts.Keys(row), Values(counts, row, idf));
        }

        return new Bags(new SparseFeatures(rows), idf);
    }

    private static float[] Values(SparseRows counts, int row, float[] idf)
    {
        var values = counts.Values(row).ToArray();
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = MathF.Log(1 + values[k]) * idf[counts.Keys(row)[k]];
        }

        var norm = TensorPrimitives.Norm<float>(values);
        if (norm > 0)
        {
            TensorPrimitives.Divide(values, norm, values);
        }

        return values;
    }

    private static float[] CountIdf(SparseRows counts)
    {
        var holders = new int[counts.Columns];
        for (var row = 0; row < counts.Count; row++)
        {
            foreach (var column in counts.Keys(row))
            {
                holders[column]++;
            }
        }

        return Array.ConvertAll(holders, count => count == 0 ? 0 : (float)Math.Log((double)counts.Count / count));
    }
}
