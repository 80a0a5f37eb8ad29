using Lurm.Store.Histories;

namespace Lurm.Training.Smen;

/// <summary>The four modules' options and how they are trained. The defaults are the recipe that measured best and cheapest.</summary>
internal sealed record SmenOptions
{
    /// <summary>Anchors of a representation, 1 to 64. Default 8.</summary>
    public int Anchors { get; init; } = 8;

    /// <summary>Components of an anchor, 1 to 256. Default 16, so that a representation has 128 components.</summary>
    public int AnchorDimensions { get; init; } = 16;

    /// <summary>Multi-anchor module.</summary>
    public AnchorKind Anchor { get; init; } = AnchorKind.Blocks;

    /// <summary>Components of an interest's key for <see cref="AnchorKind.Attention"/> and <see cref="AnchorKind.Gate"/> (H). Default 16.</summary>
    public int KeyDimensions { get; init; } = 16;

    /// <summary>Time aggregation module, for month, season and year.</summary>
    public TimeKind Time { get; init; } = TimeKind.Decay;

    /// <summary>Multi-scale module.</summary>
    public ScaleKind Aggregation { get; init; } = ScaleKind.Mapped;

    /// <summary>Scales; none: lifetime, and recent where the temporal hold-out asks for it.</summary>
    public IReadOnlyList<Scale>? Scales { get; init; }

    /// <summary>Half-life of recent counts and of the decay's start, in base periods; none: the best of 1, 2 and 4 on the temporal hold-out.</summary>
    public double? HalfLifePeriods { get; init; }

    /// <summary>Periods of a scale of many bags: the latest so many, older ones merged into the oldest. Default 24.</summary>
    public int MaxPeriods { get; init; } = 24;

    /// <summary>Where the recent anchors start beside the lifetime ones (w); none: the better of 1.75 and 2.5 on the temporal hold-out, 1.75 without one.</summary>
    public double? RecentStart { get; init; }

    /// <summary>Share of the recent bag in the geometry target (aS), the lifetime bag having the rest. Default 0.25: the choice in doubt.</summary>
    public double RecentShare { get; init; } = 0.25;

    /// <summary>Weight of the geometry loss; 0 for none. Default 100.</summary>
    public double GeometryWeight { get; init; } = 100;

    /// <summary>How much more a pair of like users counts in the geometry loss: 1 + this · G_ij, scaled to a mean of 1; 0: all pairs alike. Default 50: neighbours are few among all pairs, and they are what is asked for.</summary>
    public double NearWeight { get; init; } = 50;

    /// <summary>Weight of InfoNCE; 0 for none. Default 0.3: alone it ruins retrieval, without it rare tastes fade.</summary>
    public double ContrastWeight { get; init; } = 0.3;

    /// <summary>Temperature of InfoNCE. Default 0.1.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Adam's first step; it shrinks along a half cosine. Default 0.001: rare interests have few gradients and Adam gives each a whole step, so larger ones scatter them.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How far the network goes from its start to what training makes of it, 0 to 1: parameters are mixed; 0 is not trained at all. None: as far as prediction does not suffer on a hold-out.</summary>
    public double? TrainedShare { get; init; }

    /// <summary>Users per step. Default 512: geometry is learned from pairs within a batch.</summary>
    public int BatchUsers { get; init; } = 512;

    /// <summary>Passes over the users; none: enough for 600 steps, 6 to 100.</summary>
    public int? Epochs { get; init; }

    /// <summary>Stops after so many passes in which held-out users' neighbours did not get better, and 100 steps at least. Default 6.</summary>
    public int Patience { get; init; } = 6;

    /// <summary>Components of a representation.</summary>
    public int Dimensions => Anchors * AnchorDimensions;

    /// <summary>Throws where a value is out of its bounds.</summary>
    /// <exception cref="TrainingException">Names every bad value.</exception>
    public void Validate()
    {
        var wrong = new List<string>();
        Check(Anchors is >= 1 and <= 64, $"anchors is {Anchors}; expected 1 to 64");
        Check(AnchorDimensions is >= 1 and <= 256, $"anchorDimensions is {AnchorDimensions}; expected 1 to 256");
        Check(KeyDimensions is >= 1 and <= 256, $"keyDimensions is {KeyDimensions}; expected 1 to 256");
        Check(Scales is null or { Count: > 0 }, "scales is empty; expected at least one of month, season, year, lifetime, recent");
        Check(Scales is null || Scales.Distinct().Count() == Scales.Count, "scales names one twice; expected each once");
        Check(HalfLifePeriods is null or > 0 and <= 1200, $"halfLifePeriods is {HalfLifePeriods}; expected above 0, at most 1200");
        Check(MaxPeriods is >= 1 and <= 1200, $"maxPeriods is {MaxPeriods}; expected 1 to 1200");
        Check(RecentStart is null or > 0 and <= 100, $"recentStart is {RecentStart}; expected above 0, at most 100");
        Check(RecentShare is >= 0 and <= 1, $"recentShare is {RecentShare}; expected 0 to 1");
        Check(GeometryWeight is >= 0 and <= 1e6, $"geometryWeight is {GeometryWeight}; expected 0 to 1e6");
        Check(NearWeight is >= 0 and <= 1e6, $"nearWeight is {NearWeight}; expected 0 to 1e6");
        Check(ContrastWeight is >= 0 and <= 1e6, $"contrastWeight is {ContrastWeight}; expected 0 to 1e6");
        Check(Temperature is >= 0.01 and <= 10, $"temperature is {Temperature}; expected 0.01 to 10");
        Check(LearningRate is > 0 and <= 1, $"learningRate is {LearningRate}; expected above 0, at most 1");
        Check(TrainedShare is null or >= 0 and <= 1, $"trainedShare is {TrainedShare}; expected 0 to 1");
        Check(BatchUsers is >= 2 and <= 65_536, $"batchUsers is {BatchUsers}; expected 2 to 65536");
        Check(Epochs is null or >= 0 and <= 10_000, $"epochs is {Epochs}; expected 0 to 10000");
        Check(Patience >= 1, $"patience is {Patience}; expected at least 1");
        if (wrong.Count > 0)
        {
            throw new TrainingException(TrainingFault.Invalid, string.Join("; ", wrong));
        }

        void Check(bool holds, string message)
        {
            if (!holds)
            {
                wrong.Add(message);
            }
        }
    }
}
