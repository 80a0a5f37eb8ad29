using Lurm.Store.Histories;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;

namespace Lurm.Training.Items;

/// <summary>Shifted positive pointwise mutual information of items that meet in a user's period or in neighbouring ones.</summary>
/// <remarks>
/// A pair of one period counts 1, of neighbouring periods a half, of their neighbours a quarter; each occurrence shares its
/// weight among its contexts by the root of their number, so that a wholesaler's basket does not outvote a hundred shoppers.
/// PPMI as in Levy and Goldberg (2014), with context distribution smoothing 0.75.
/// </remarks>
internal static class CoOccurrence
{
    private const int Reach = 2;
    private static readonly float[] DecayByDistance = [1f, 0.5f, 0.25f];
    private const double Smoothing = 0.75;

    /// <summary>Contexts looked at per occurrence, evenly spread: the largest baskets would cost their square.</summary>
    private const int MaxContexts = 400;

    /// <summary>Occurrences looked at per item, evenly spread over users.</summary>
    private const int MaxOccurrences = 20_000;

    /// <summary>PPMI rows by item number; row i's keys are item numbers.</summary>
    /// <param name="histories">Users' histories.</param>
    /// <param name="numberOf">Item number by row number of the catalogue; −1 for items that take no part.</param>
    /// <param name="items">How many items take part.</param>
    /// <param name="shift">ln(shift) is taken off; 1 for none.</param>
    /// <param name="maxPerItem">The strongest entries kept per row.</param>
    /// <param name="cancellationToken">Checked once per item.</param>
    public static SparseRows Compute(UserHistories histories, int[] numberOf, int items, double shift, int maxPerItem, CancellationToken cancellationToken)
    {
        var postings = Postings.Of(histories, numberOf, items);
        var counts = CountRows(histories, numberOf, items, postings, cancellationToken);
        var rowSums = new double[items];
        for (var i = 0; i < items; i++)
        {
            foreach (var value in counts[i].Values)
            {
                rowSums[i] += value;
            }
        }

        var smoothed = Array.ConvertAll(rowSums, sum => Math.Pow(sum, Smoothing));
        var smoothedTotal = smoothed.Sum();
        var ppmi = new SparseRows(items);
        var keys = new List<int>();
        var values = new List<float>();
        for (var i = 0; i < items; i++)
        {
            keys.Clear();
            values.Clear();
            var (rowKeys, rowValues) = counts[i];
            for (var j = 0; j < rowKeys.Length; j++)
            {
                var pmi = Math.Log(rowValues[j] * smoothedTotal / (rowSums[i] * smoothed[rowKeys[j]])) - Math.Log(shift);
                if (pmi > 0)
                {
                    keys.Add(rowKeys[j]);
                    values.Add((float)pmi);
                }
            }

            AddStrongest(ppmi, keys, values, maxPerItem);
            counts[i] = default;
        }

        return ppmi;
    }

    private static (int[] Keys, float[] Values)[] CountRows(UserHistories histories, int[] numberOf, int items, Postings postings, CancellationToken cancellationToken)
    {
        var rows = new (int[] Keys, float[] Values)[items];
        Parallel.For(
            0,
            items,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => (Sums: new float[items], Touched: new List<int>(), Contexts: new List<(int Item, float Weight)>()),
            (item, _, scratch) =>
            {
                var occurrences = postings[item];
                var step = Math.Max(1, (double)occurrences.Length / MaxOccurrences);
                for (var at = 0.0; at < occurrences.Length; at += step)
                {
                    var (user, index) = occurrences[(int)at];
                    AddContexts(histories[user], index, item, numberOf, scratch.Contexts, scratch.Sums, scratch.Touched);
                }

                scratch.Touched.Sort();
                var keys = scratch.Touched.ToArray();
                rows[item] = (keys, Array.ConvertAll(keys, key => scratch.Sums[key]));
                foreach (var key in keys)
                {
                    scratch.Sums[key] = 0;
                }

                scratch.Touched.Clear();
                return scratch;
            },
            _ => { });
        return rows;
    }

    private static void AddContexts(ReadOnlySpan<HistoryEntry> history, int index, int item, int[] numberOf, List<(int Item, float Weight)> contexts, float[] sums, List<int> touched)
    {
        contexts.Clear();
        var period = history[index].Period;
        var start = index;
        while (start > 0 && history[start - 1].Period >= period - Reach)
        {
            start--;
        }

        var end = index + 1;
        while (end < history.Length && history[end].Period <= period + Reach)
        {
            end++;
        }

        var step = Math.Max(1, (double)(end - start) / MaxContexts);
        for (var at = (double)start; at < end; at += step)
        {
            ref readonly var entry = ref history[(int)at];
            var other = numberOf[entry.Item];
            if (other >= 0 && other != item)
            {
                contexts.Add((other, DecayByDistance[Math.Abs(entry.Period - period)]));
            }
        }

        var scale = 1 / MathF.Sqrt(Math.Max(1, contexts.Count));
        foreach (var (other, weight) in contexts)
        {
            if (sums[other] == 0)
            {
                touched.Add(other);
            }

            sums[other] += weight * scale;
        }
    }

    private static void AddStrongest(SparseRows rows, List<int> keys, List<float> values, int most)
    {
        var allKeys = keys.ToArray();
        var allValues = values.ToArray();
        if (allKeys.Length > most)
        {
            Array.Sort(allValues, allKeys);
            allKeys = allKeys[^most..];
            allValues = allValues[^most..];
            Array.Sort(allKeys, allValues);
        }

        rows.Add(allKeys, allValues);
    }

    /// <summary>Where each item occurs: (user, index of the entry), by item.</summary>
    private sealed class Postings
    {
        private readonly (int User, int Index)[] _places;
        private readonly int[] _starts;

        private Postings((int User, int Index)[] places, int[] starts)
        {
            _places = places;
            _starts = starts;
        }

        public ReadOnlySpan<(int User, int Index)> this[int item] => _places.AsSpan(_starts[item].._starts[item + 1]);

        public static Postings Of(UserHistories histories, int[] numberOf, int items)
        {
            var starts = new int[items + 1];
            Each((number, _, _) => starts[number + 1]++);
            for (var i = 0; i < items; i++)
            {
                starts[i + 1] += starts[i];
            }

            var places = new (int User, int Index)[starts[items]];
            var next = starts.AsSpan(0, items).ToArray();
            Each((number, user, index) => places[next[number]++] = (user, index));
            return new Postings(places, starts);

            void Each(Action<int, int, int> visit)
            {
                for (var user = 0; user < histories.Count; user++)
                {
                    var history = histories[user];
                    for (var index = 0; index < history.Length; index++)
                    {
                        if (numberOf[history[index].Item] is >= 0 and var number)
                        {
                            visit(number, user, index);
                        }
                    }
                }
            }
        }
    }
}
