using System.Globalization;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Algebra;
using Lurm.Training.Items;
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

    private const int MaxUsers = 4000;
    private const int MinUsers = 300;
    private const int MinPeriods = 4;
    private const int WindowPeriods = 3;
    private const int Targets = 50;
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

        var cut = Cut(data.Histories);
        var (past, labels) = cut is { } period ? Split(data, period, WindowPeriods * scale) : (null, []);
        if (past is null || past.Count < MinUsers)
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

    private double[] Measure(FitData data, TrainingHistories past, float[] labels, IReadOnlyList<BagInput> bags, int epochs, CancellationToken cancellationToken)
    {
        var smen = options with { Epochs = epochs, Patience = epochs + 1 };
        var training = TrainingBags.Build(data.Source.With(bags), past, smen);
        var trainer = new SmenTrainer(smen, seed, device);
        int[] everybody = [.. Enumerable.Range(0, past.Count)];
        using var network = epochs == 0 ? trainer.CreateNetwork(training, cancellationToken) : trainer.Train(training, cancellationToken).Network;
        var areas = RidgeProbe.Aucs(SmenTrainer.Encode(network, training.Columns, everybody, device), network.Shape.Dimensions, labels, Targets);
        return areas.Any(double.IsFinite) ? [.. areas.Where(double.IsFinite)] : [0.5];
    }

    /// <summary>The period boundary nearest to four fifths of the events; none where either side is too short.</summary>
    private static int? Cut(TrainingHistories histories)
    {
        if (histories.LastPeriod - histories.FirstPeriod < MinPeriods)
        {
            return null;
        }

        var counts = new long[histories.LastPeriod - histories.FirstPeriod + 1];
        for (var user = 0; user < histories.Count; user++)
        {
            foreach (ref readonly var entry in histories[user])
            {
                counts[entry.Period - histories.FirstPeriod] += entry.Count;
            }
        }

        var best = 1;
        var bestGap = double.MaxValue;
        long before = 0;
        for (var boundary = 1; boundary < counts.Length; boundary++)
        {
            before += counts[boundary - 1];
            var gap = Math.Abs(before - (0.8 * histories.Events));
            (best, bestGap) = gap < bestGap ? (boundary, gap) : (best, bestGap);
        }

        return histories.FirstPeriod + best;
    }

    /// <summary>The past of users that come back within the window, and which of the window's most frequent interests they touch there.</summary>
    private (TrainingHistories Past, float[] Labels) Split(FitData data, int cut, int window)
    {
        var random = SplitMix.Of(seed, 0x7CA1);
        int[] users = [.. Enumerable.Range(0, data.Histories.Count)];
        random.Shuffle(users.AsSpan());
        var past = new TrainingHistories.Builder();
        var touched = new List<HashSet<int>>();
        foreach (var user in users)
        {
            var history = data.Histories[user];
            var end = 0;
            while (end < history.Length && history[end].Period < cut)
            {
                end++;
            }

            var next = new HashSet<int>();
            foreach (ref readonly var entry in history[end..])
            {
                if (entry.Period < cut + window && data.Items.NumberOf[entry.Item] is >= 0 and var number)
                {
                    next.Add(data.Table.Assigned[number]);
                }
            }

            if (end > 0 && next.Count > 0)
            {
                past.Add(data.Histories.UserKeys[user], history[..end]);
                touched.Add(next);
            }

            if (touched.Count == MaxUsers)
            {
                break;
            }
        }

        int[] targets = [.. touched.SelectMany(set => set).GroupBy(interest => interest).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Take(Targets).Select(group => group.Key)];
        var labels = new float[touched.Count * Targets];
        for (var row = 0; row < touched.Count; row++)
        {
            for (var target = 0; target < targets.Length; target++)
            {
                labels[(row * Targets) + target] = touched[row].Contains(targets[target]) ? 1 : 0;
            }
        }

        return (past.Build(), labels);
    }
}
