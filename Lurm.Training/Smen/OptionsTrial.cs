using System.Globalization;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using TorchSharp;

namespace Lurm.Training.Smen;

/// <summary>Decides on a temporal hold-out what the options leave open, by how well representations of the past predict the interests that users touch next.</summary>
/// <remarks>
/// Recent anchors go on where they beat lifetime alone, and a control of the same shape that sees lifetime again in their place. All three are compared as
/// they start: training adds the same noise to each and would hide the drift. Training serves neighbours of the exact bag, and on sparse histories pays for
/// them with what generalises; so the network goes as far from its start towards what training makes of it as finds most neighbours without predicting
/// less. With anchors for other scales neighbours of the whole history are not what is asked for: there it goes only where it predicts more.
/// </remarks>
/// <param name="options">The network's; what is explicit stays.</param>
/// <param name="seed">Of the sample and of training.</param>
/// <param name="device">Where tensors live.</param>
internal sealed class OptionsTrial(SmenOptions options, long seed, torch.Device device)
{
    /// <summary>By how much the mean AUC must win against both, and by more than a standard error over the targets: a coin's fall is no drift.</summary>
    public const double NeededGain = 0.003;

    private static readonly double[] HalfLivesInMonths = [1, 2, 4];
    private static readonly double[] Starts = [1.75, 2.5];
    private static readonly double[] Shares = [1, 0.75, 0.5, 0.25];

    /// <summary>What a mean AUC may differ by and still be called the same.</summary>
    private const double SameAuc = 0.0005;
    private const int Neighbours = 10;

    private readonly Dictionary<string, double> _metrics = [];

    /// <summary>Of the hold-out's lifetime bags, which all candidates start from.</summary>
    private float[]? _singularVectors;

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
            TrainedShare = options.TrainedShare ?? 1,
        };
        if (options.Scales is not null && options.TrainedShare is not null)
        {
            return new TrialResult(chosen, _metrics);
        }

        var future = TemporalHoldOut.Of(data, seed);
        if (options.Scales is null)
        {
            chosen = future is null ? chosen : DecideOnRecent(data, future, chosen, [.. HalfLivesInMonths.Select(h => h * month)], cancellationToken);
        }

        if (future is null)
        {
            Stage?.Invoke("too little time or too few returning users for a temporal hold-out: all anchors are lifetime, and hidden interests are predicted instead of next ones");
        }

        return options.TrainedShare is null && (future ?? HiddenInterests.Of(data, seed)) is { } holdOut
            ? new TrialResult(DecideOnTraining(data, holdOut, chosen, cancellationToken), _metrics)
            : new TrialResult(chosen, _metrics);
    }

    private SmenOptions DecideOnRecent(FitData data, HoldOut holdOut, SmenOptions lifetime, double[] halfLives, CancellationToken cancellationToken)
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

        double[] AtStart(SmenOptions candidate, IReadOnlyList<BagInput> bags) => Measure(data, holdOut, candidate with { TrainedShare = 0 }, bags, cancellationToken);
    }

    private SmenOptions DecideOnTraining(FitData data, HoldOut holdOut, SmenOptions chosen, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        var training = TrainingBags.Build(data.Source.With(BagPlan.Make(data.Source, holdOut.Past, chosen)), holdOut.Past, chosen);
        using var trained = Trainer(chosen with { TrainedShare = 1 }, training, cancellationToken).Train(training, cancellationToken);
        var start = At(0);
        var tried = Shares.Select(At).ToArray();
        var kept = Choose(start, tried, chosen.Scales!);
        Stage?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"AUC and neighbour overlap as it starts {start.Auc:F4} {start.Overlap:F3}, trained {tried[0].Auc:F4} {tried[0].Overlap:F3}, chosen {kept.Auc:F4} {kept.Overlap:F3}: goes {kept.Share:P0} of the way"));
        _metrics["holdOutAucStart"] = start.Auc;
        _metrics["holdOutAucTrained"] = tried[0].Auc;
        _metrics["holdOutAucChosen"] = kept.Auc;
        _metrics["holdOutOverlapStart"] = start.Overlap;
        _metrics["holdOutOverlapTrained"] = tried[0].Overlap;
        _metrics["holdOutOverlapChosen"] = kept.Overlap;
        return chosen with { TrainedShare = kept.Share };

        Stop At(double share)
        {
            trained.Network.SetBetween(trained.Start, trained.Best, share);
            return new Stop(
                share,
                Aucs(trained.Network, training, holdOut).Average(),
                NeighbourOverlap.Measure(training, users => SmenTrainer.Encode(trained.Network, training.Columns, users, device), Neighbours, seed));
        }
    }

    /// <summary>Where to stop on the way from the start to the trained network.</summary>
    internal static Stop Choose(Stop start, IReadOnlyList<Stop> tried, IReadOnlyList<Scale> scales)
    {
        // Other scales are on to leave the neighbours of the whole history behind, so those cannot judge.
        var isForNeighbours = scales is [Scale.Lifetime];
        var kept = start;
        foreach (var stop in tried.Where(one => one.Auc >= start.Auc + (isForNeighbours ? -SameAuc : NeededGain)))
        {
            kept = (isForNeighbours ? stop.Overlap > kept.Overlap : stop.Auc > kept.Auc) ? stop : kept;
        }

        return kept;
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

    /// <summary>AUC of each target, as the network starts.</summary>
    private double[] Measure(FitData data, HoldOut holdOut, SmenOptions smen, IReadOnlyList<BagInput> bags, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        var training = TrainingBags.Build(data.Source.With(bags), holdOut.Past, smen);
        using var network = Trainer(smen, training, cancellationToken).CreateNetwork(training, cancellationToken);
        return Aucs(network, training, holdOut);
    }

    /// <summary>There is one hold-out to a trial, so that its singular vectors are computed once.</summary>
    private SmenTrainer Trainer(SmenOptions smen, TrainingBags training, CancellationToken cancellationToken)
    {
        _singularVectors ??= new SmenTrainer(smen, seed, device).ComputeSingularVectors(training, cancellationToken);
        return new SmenTrainer(smen, seed, device) { SingularVectors = _singularVectors };
    }

    private double[] Aucs(SmenNetwork network, TrainingBags training, HoldOut holdOut)
    {
        int[] everybody = [.. Enumerable.Range(0, holdOut.Past.Count)];
        var areas = RidgeProbe.Aucs(SmenTrainer.Encode(network, training.Columns, everybody, device), network.Shape.Dimensions, holdOut.Labels, HoldOut.Targets);
        return areas.Any(double.IsFinite) ? [.. areas.Where(double.IsFinite)] : [0.5];
    }

    /// <summary>A place on the way from the start (share 0) to the trained network (1), and what was found there on the hold-out.</summary>
    internal sealed record Stop(double Share, double Auc, double Overlap);
}
