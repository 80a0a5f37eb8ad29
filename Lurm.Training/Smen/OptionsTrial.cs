using System.Globalization;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using TorchSharp;

namespace Lurm.Training.Smen;

/// <summary>Decides on a temporal hold-out what the options leave open, by how well representations of the past predict the interests that users touch next.</summary>
/// <remarks>
/// Recent anchors go on where they beat lifetime alone, and a control of the same shape that sees lifetime again in their place. All three are compared as
/// they start: training adds the same noise to each and would hide the drift. Training is kept where it costs little: it serves neighbours of the exact bag,
/// and on sparse histories pays for them with what generalises.
/// </remarks>
/// <param name="options">The network's; what is explicit stays.</param>
/// <param name="seed">Of the sample and of training.</param>
/// <param name="device">Where tensors live.</param>
internal sealed class OptionsTrial(SmenOptions options, long seed, torch.Device device)
{
    /// <summary>By how much the mean AUC must win against both, and by more than a standard error over the targets: a coin's fall is no drift. Training may cost as much.</summary>
    public const double NeededGain = 0.003;

    private static readonly double[] HalfLivesInMonths = [1, 2, 4];
    private static readonly double[] Starts = [1.75, 2.5];

    private readonly Dictionary<string, double> _metrics = [];

    /// <summary>Told what was found.</summary>
    public Action<string>? Stage { get; init; }

    /// <summary>Decides.</summary>
    public TrialResult Decide(FitData data, CancellationToken cancellationToken)
    {
        var month = data.Source.Card.Grain == PeriodGrain.Day ? 30 : 1;
        var chosen = options with
        {
            HalfLifePeriods = options.HalfLifePeriods ?? 2 * month,
            RecentStart = options.RecentStart ?? Starts[0],
            Scales = options.Scales ?? [Scale.Lifetime],
            Train = options.Train ?? true,
        };
        if (options.Scales is not null && options.Train is not null)
        {
            return new TrialResult(chosen, _metrics);
        }

        if (TemporalHoldOut.Of(data, seed) is not { } holdOut)
        {
            Stage?.Invoke("too little time or too few returning users for a temporal hold-out: all anchors are lifetime, and trained");
            return new TrialResult(chosen, _metrics);
        }

        if (options.Scales is null)
        {
            chosen = DecideOnRecent(data, holdOut, chosen, [.. HalfLivesInMonths.Select(h => h * month)], cancellationToken);
        }

        return new TrialResult(options.Train is null ? DecideOnTraining(data, holdOut, chosen, cancellationToken) : chosen, _metrics);
    }

    private SmenOptions DecideOnRecent(FitData data, TemporalHoldOut holdOut, SmenOptions lifetime, double[] halfLives, CancellationToken cancellationToken)
    {
        SmenOptions[] candidates = [.. from halfLife in options.HalfLifePeriods is { } told ? [told] : halfLives
                                       from start in options.RecentStart is { } w ? [w] : Starts
                                       select lifetime with { Scales = [Scale.Lifetime, Scale.Recent], HalfLifePeriods = halfLife, RecentStart = start }];
        var measured = candidates.Select(candidate => (Options: candidate, Aucs: AtStart(candidate, BagPlan.Make(data.Source, holdOut.Past, candidate)))).ToArray();
        var (recent, recentAucs) = measured.MaxBy(candidate => candidate.Aucs.Average());
        var gate = BagPlan.Recent(data.Source, holdOut.Past, recent.HalfLifePeriods!.Value).GateHalfCount;
        var controlAucs = AtStart(recent, [TrainingBags.LifetimeBag, new BagInput { Name = "control", Scale = Scale.Lifetime, GateHalfCount = gate }]);
        var lifetimeAucs = AtStart(lifetime, [TrainingBags.LifetimeBag]);
        var (overLifetime, overControl) = (Gain(recentAucs, lifetimeAucs), Gain(recentAucs, controlAucs));
        var gain = Math.Min(overLifetime.Mean, overControl.Mean);
        var isOn = gain >= NeededGain && overLifetime.Mean > overLifetime.Error && overControl.Mean > overControl.Error;
        Stage?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"next-interest AUC of {holdOut.Past.Count:N0} users: lifetime {lifetimeAucs.Average():F4}, with recent (half-life {recent.HalfLifePeriods:G3}) {recentAucs.Average():F4}, control {controlAucs.Average():F4}, gain {gain:F4} ± {Math.Max(overLifetime.Error, overControl.Error):F4}: recent anchors {(isOn ? "on" : "off")}"));
        _metrics["nextInterestAucLifetime"] = lifetimeAucs.Average();
        _metrics["nextInterestAucRecent"] = recentAucs.Average();
        _metrics["nextInterestAucControl"] = controlAucs.Average();
        _metrics["nextInterestGain"] = gain;
        return isOn ? recent with { RecentShare = Share(gain) } : lifetime;

        double[] AtStart(SmenOptions candidate, IReadOnlyList<BagInput> bags) => Measure(data, holdOut, candidate with { Train = false }, bags, cancellationToken);
    }

    private SmenOptions DecideOnTraining(FitData data, TemporalHoldOut holdOut, SmenOptions chosen, CancellationToken cancellationToken)
    {
        var bags = BagPlan.Make(data.Source, holdOut.Past, chosen);
        var start = Measure(data, holdOut, chosen with { Train = false }, bags, cancellationToken).Average();
        var trained = Measure(data, holdOut, chosen with { Train = true }, bags, cancellationToken).Average();
        var isKept = trained >= start - NeededGain;
        Stage?.Invoke(string.Create(CultureInfo.InvariantCulture, $"next-interest AUC as it starts {start:F4}, trained {trained:F4}: {(isKept ? "trained" : "left as it starts")}"));
        _metrics["nextInterestAucStart"] = start;
        _metrics["nextInterestAucTrained"] = trained;
        return chosen with { Train = isKept };
    }

    /// <summary>The stronger the drift, the more of the geometry is the recent bag's: 3:1 in doubt, 1:1, 1:2.</summary>
    private double Share(double gain) => gain switch
    {
        >= 0.02 => Math.Max(options.RecentShare, 2.0 / 3),
        >= 0.01 => Math.Max(options.RecentShare, 0.5),
        _ => options.RecentShare,
    };

    /// <summary>Mean gain over the targets and its standard error.</summary>
    private static (double Mean, double Error) Gain(double[] with, double[] without)
    {
        double[] gains = [.. with.Zip(without, (a, b) => a - b)];
        var mean = gains.Average();
        var variance = gains.Sum(gain => (gain - mean) * (gain - mean)) / Math.Max(1, gains.Length - 1);
        return (mean, Math.Sqrt(variance / gains.Length));
    }

    private double[] Measure(FitData data, TemporalHoldOut holdOut, SmenOptions smen, IReadOnlyList<BagInput> bags, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        var training = TrainingBags.Build(data.Source.With(bags), holdOut.Past, smen);
        var trainer = new SmenTrainer(smen, seed, device);
        int[] everybody = [.. Enumerable.Range(0, holdOut.Past.Count)];
        using var network = smen.Train == false ? trainer.CreateNetwork(training, cancellationToken) : trainer.Train(training, cancellationToken).Network;
        var areas = RidgeProbe.Aucs(SmenTrainer.Encode(network, training.Columns, everybody, device), network.Shape.Dimensions, holdOut.Labels, TemporalHoldOut.Targets);
        return areas.Any(double.IsFinite) ? [.. areas.Where(double.IsFinite)] : [0.5];
    }
}
