namespace Lurm.Training.Samples;

/// <summary>Draws indices by weight in constant time (Walker's alias method, built as Vose does).</summary>
internal sealed class AliasTable
{
    private readonly uint[] _threshold;
    private readonly int[] _alias;

    /// <summary>Index i is drawn with probability weights[i] / sum; weights are not negative and not all zero.</summary>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        var n = weights.Length;
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        if (!(sum > 0) || double.IsInfinity(sum))
        {
            throw new ArgumentException($"{n} weights sum to {sum}; expected a positive, finite sum", nameof(weights));
        }

        _threshold = new uint[n];
        _alias = new int[n];
        var scaled = new double[n];
        var stack = new int[n];
        var small = 0;
        var large = n;
        for (var i = 0; i < n; i++)
        {
            scaled[i] = weights[i] * n / sum;
            _alias[i] = i;
            if (scaled[i] < 1)
            {
                stack[small++] = i;
                continue;
            }

            stack[--large] = i;
        }

        while (small > 0 && large < n)
        {
            var poor = stack[--small];
            var rich = stack[large];
            _threshold[poor] = Threshold(scaled[poor]);
            _alias[poor] = rich;
            scaled[rich] -= 1 - scaled[poor];
            if (scaled[rich] < 1)
            {
                large++;
                stack[small++] = rich;
            }
        }

        // What is left over is 1 but for rounding.
        for (var i = 0; i < small; i++)
        {
            _threshold[stack[i]] = uint.MaxValue;
        }

        for (; large < n; large++)
        {
            _threshold[stack[large]] = uint.MaxValue;
        }
    }

    /// <summary>Draws one index from 64 random bits.</summary>
    public int Draw(ulong bits)
    {
        var column = (int)(((bits >> 32) * (ulong)_threshold.Length) >> 32);
        return (uint)bits < _threshold[column] ? column : _alias[column];
    }

    private static uint Threshold(double share) => share <= 0 ? 0 : (uint)Math.Min(uint.MaxValue, share * 4294967296.0);
}
