namespace Lurm.Training.Evaluation.Metrics;

/// <summary>Area under the ROC curve: the chance that a positive scores above a negative, ties counting half.</summary>
/// <remarks>Sorted once, so that each of many weightings (bootstrap samples) costs one pass.</remarks>
internal sealed class RocAuc
{
    private readonly int[] _order;
    private readonly bool[] _positive;
    private readonly bool[] _startsTie;

    /// <param name="scores">One per unit; larger is more positive.</param>
    /// <param name="positive">One per unit.</param>
    public RocAuc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        if (scores.Length != positive.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {positive.Length} labels; expected as many", nameof(scores));
        }

        var keys = scores.ToArray();
        _order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, _order);
        _positive = new bool[keys.Length];
        _startsTie = new bool[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            _positive[i] = positive[_order[i]];
            _startsTie[i] = i == 0 || keys[i] != keys[i - 1];
        }
    }

    /// <summary>The area with every unit counted once; NaN where only one class is there.</summary>
    public static double Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive) => new RocAuc(scores, positive).Value([]);

    /// <summary>The area with unit i counted <c>weights[i]</c> times, once each where none are given; NaN where only one class has weight.</summary>
    public double Value(ReadOnlySpan<double> weights)
    {
        var below = 0.0;
        var positives = 0.0;
        var area = 0.0;
        var tiedPositives = 0.0;
        var tiedNegatives = 0.0;
        for (var i = 0; i < _order.Length; i++)
        {
            if (_startsTie[i])
            {
                area += tiedPositives * (below + (tiedNegatives / 2));
                below += tiedNegatives;
                tiedPositives = tiedNegatives = 0;
            }

            var weight = weights.IsEmpty ? 1 : weights[_order[i]];
            if (_positive[i])
            {
                tiedPositives += weight;
                positives += weight;
                continue;
            }

            tiedNegatives += weight;
        }

        area += tiedPositives * (below + (tiedNegatives / 2));
        return area / (positives * (below + tiedNegatives));
    }
}
