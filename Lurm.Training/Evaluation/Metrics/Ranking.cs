namespace Lurm.Training.Evaluation.Metrics;

/// <summary>How good the head of a ranking is. Equal scores share their rank: a cut through them counts their expected hits.</summary>
internal sealed class Ranking
{
    private readonly double[] _hitsUpTo;
    private readonly int _positives;

    /// <param name="scores">One per candidate; larger ranks first.</param>
    /// <param name="positive">One per candidate.</param>
    public Ranking(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        var n = scores.Length;
        var keys = scores.ToArray();
        var labels = positive.ToArray();
        Array.Sort(keys, labels);
        Array.Reverse(keys);
        Array.Reverse(labels);
        _hitsUpTo = new double[n + 1];
        for (var begin = 0; begin < n;)
        {
            var end = begin;
            var hits = 0;
            for (; end < n && keys[end] == keys[begin]; end++)
            {
                hits += labels[end] ? 1 : 0;
            }

            for (var i = begin; i < end; i++)
            {
                _hitsUpTo[i + 1] = _hitsUpTo[begin] + (hits * (double)(i + 1 - begin) / (end - begin));
            }

            _positives += hits;
            begin = end;
        }
    }

    /// <summary>Candidates.</summary>
    public int Count => _hitsUpTo.Length - 1;

    /// <summary>Share of positives among as many first candidates as there are positives; NaN without positives.</summary>
    public double RPrecision => _hitsUpTo[_positives] / _positives;

    /// <summary>How many candidates the first <paramref name="percent"/> % are, rounded up.</summary>
    public int Selected(double percent) => Math.Clamp((int)Math.Ceiling(Count * percent / 100), 1, Count);

    /// <summary>Share of positives in the first <paramref name="percent"/> % over their share in all; 1 is random; NaN without positives.</summary>
    public double Lift(double percent)
    {
        var selected = Selected(percent);
        return _hitsUpTo[selected] / selected / ((double)_positives / Count);
    }

    /// <summary>Share of the positives that stand among the first <paramref name="k"/>; NaN without positives.</summary>
    public double Recall(int k) => _hitsUpTo[Math.Min(k, Count)] / _positives;
}
