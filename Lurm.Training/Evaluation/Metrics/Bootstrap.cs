using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Metrics;

/// <summary>Confidence by resampling units with replacement; every statistic sees the same samples, so ratios are paired.</summary>
/// <param name="units">Users or targets.</param>
/// <param name="samples">How often to resample.</param>
/// <param name="seed">Of the resampling.</param>
internal sealed class Bootstrap(int units, int samples, long seed)
{
    /// <summary>The statistic on each sample; NaN where it has no value there.</summary>
    public double[] Resample(Statistic statistic, CancellationToken cancellationToken = default)
    {
        var values = new double[samples];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, samples, parallel, () => new double[units], (sample, _, weights) =>
        {
            // Drawn again for each statistic: cheaper than keeping samples × units numbers.
            var random = new SampleRandom(seed, sample);
            Array.Clear(weights);
            for (var i = 0; i < units; i++)
            {
                weights[random.Next(units)]++;
            }

            values[sample] = statistic(weights);
            return weights;
        }, _ => { });
        return values;
    }

    /// <summary>A number measured on everybody, with the interval that holds 95 % of the samples that have a value.</summary>
    public static Estimate Interval(double value, IEnumerable<double> samples)
    {
        var sorted = samples.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? new Estimate(value, double.NaN, double.NaN) : new Estimate(value, Quantile(sorted, 0.025), Quantile(sorted, 0.975));
    }

    /// <summary>The quantile of ascending values, interpolated between the two nearest.</summary>
    public static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        return low + 1 < sorted.Length ? double.Lerp(sorted[low], sorted[low + 1], at - low) : sorted[^1];
    }
}
