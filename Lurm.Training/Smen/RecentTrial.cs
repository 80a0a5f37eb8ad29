using System.Globalization;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Histories;
using TorchSharp;

namespace Lurm.Training.Smen;

/// <summary>
/// Decides on a temporal hold-out whether recent anchors go on: trained on the past, they must predict the interests that users touch next better than
/// lifetime alone, and better than a control of the same shape that sees lifetime again in the recent anchors' place.
/// </summary>
/// <param name="options">The network's; explicit scales leave nothing to decide.</param>
/// <param name="seed">Of the sample and of training.</param>
/// <param name="device">Where tensors live.</param>
internal sealed class RecentTrial(SmenOptions options, long seed, torch.Device device)
{
    /// <summary>By how much the mean AUC must win against both, after a standard error over the targets is taken off: a coin's fall is no drift.</summary>
    public const double NeededGain = 0.003;

    private const int Epochs = 8;
    private static readonly double[] HalfLives = [1, 2, 4];

    /// <summary>Told what was found.</summary>
    public Action<string>? Stage { get; init; }

    /// <summary>Decides.</summary>
    public BagChoice Decide(FitData data, CancellationToken cancellationToken)
    {
        var scale = data.Source.Card.Grain == PeriodGrain.Day ? 30 : 1;
        if (options.Scales is not null)
        {
            return new BagChoice(options.HalfLifePeriods ?? 2 * scale, options.RecentShare, UseRecent: false, new Dictionary<string, double>());
        }

        if (TemporalHoldOut.Of(data, seed) is not var (past, labels))
        {
            Stage?.Invoke("too little time or too few returning users for a temporal hold-out: all anchors are lifetime");
            return new BagChoice(options.HalfLifePeriods ?? 2 * scale, options.RecentShare, UseRecent: false, new Dictionary<string, double>());
        }

        double[] candidates = options.HalfLifePeriods is { } told ? [told] : [.. HalfLives.Select(h => h * scale)];
        var halfLife = candidates.Length == 1 ? candidates[0] : candidates.MaxBy(h => Measure(data, past, labels, [TrainingBags.LifetimeBag, BagPlan.Recent(data.Source, past, h)], epochs: 0, cancellationToken).Average());
        var recent = BagPlan.Recent(data.Source, past, halfLife);
        var control = new BagInput { Name = "control", Scale = Scale.Lifetime, GateHalfCount = recent.GateHalfCount };
        var lifetimeAuc = Measure(data, past, labels, [TrainingBags.LifetimeBag], Epochs, cancellationToken);
        var recentAuc = Measure(data, past, labels, [TrainingBags.LifetimeBag, recent], Epochs, cancellationToken);
        var controlAuc = Measure(data, past, labels, [TrainingBags.LifetimeBag, control], Epochs, cancellationToken);
        var gain = Math.Min(SureGain(recentAuc, lifetimeAuc), SureGain(recentAuc, controlAuc));
        var useRecent = gain >= NeededGain;
        Stage?.Invoke(string.Create(CultureInfo.InvariantCulture, $"next-interest AUC of {past.Count:N0} users: lifetime {lifetimeAuc.Average():F4}, with recent (half-life {halfLife:G3}) {recentAuc.Average():F4}, control {controlAuc.Average():F4}, sure gain {gain:F4}: recent anchors {(useRecent ? "on" : "off")}"));
        var metrics = new Dictionary<string, double>
        {
            ["nextInterestAucLifetime"] = lifetimeAuc.Average(),
            ["nextInterestAucRecent"] = recentAuc.Average(),
            ["nextInterestAucControl"] = controlAuc.Average(),
            ["nextInterestSureGain"] = gain,
        };
        return new BagChoice(halfLife, useRecent ? Share(gain) : options.RecentShare, useRecent, metrics);
    }

    /// <summary>The stronger the drift, the more of the geometry is the recent bag's: 3:1 in doubt, 1:1, 1:2.</summary>
    private double Share(double gain) => gain switch
    {
        >= 0.02 => Math.Max(options.RecentShare, 2.0 / 3),
        >= 0.01 => Math.Max(options.RecentShare, 0.5),
        _ => options.RecentShare,
    };

    /// <summary>Mean gain over the targets less its standard error.</summary>
    private static double SureGain(double[] with, double[] without)
    {
        double[] gains = [.. with.Zip(without, (a, b) => a - b)];
        var mean = gains.Average();
        var variance = gains.Sum(gain => (gain - mean) * (gain - mean)) / Math.Max(1, gains.Length - 1);
        return mean - Math.Sqrt(variance / gains.Length);
    }

    private double[] Measure(FitData data, UserHistories past, float[] labels, IReadOnlyList<BagInput> bags, int epochs, CancellationToken cancellationToken)
    {
        var smen = options with { Epochs = epochs, Patience = epochs + 1 };
        var training = TrainingBags.Build(data.Source.With(bags), past, smen);
        var trainer = new SmenTrainer(smen, seed, device);
        int[] everybody = [.. Enumerable.Range(0, past.Count)];
        using var network = epochs == 0 ? trainer.CreateNetwork(training, cancellationToken) : trainer.Train(training, cancellationToken).Network;
        var areas = RidgeProbe.Aucs(SmenTrainer.Encode(network, training.Columns, everybody, device), network.Shape.Dimensions, labels, TemporalHoldOut.Targets);
        return areas.Any(double.IsFinite) ? [.. areas.Where(double.IsFinite)] : [0.5];
    }
}
