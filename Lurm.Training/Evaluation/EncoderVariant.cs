using Lurm.Store.Histories;
using Lurm.Training.Smen;

namespace Lurm.Training.Evaluation;

/// <summary>One way to build the encoder, as the ablation table names it.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Change">What differs from the default.</param>
internal sealed record EncoderVariant(string Name, Func<SmenOptions, SmenOptions> Change)
{
    /// <summary>What <c>fit</c> does unasked.</summary>
    public static readonly EncoderVariant Default = new("default", options => options);

    /// <summary>Each part taken away, or exchanged for the other option of its module; all of the same size.</summary>
    public static readonly IReadOnlyList<EncoderVariant> Ablations =
    [
        Default,
        new("1 anchor", options => Anchors(options, 1)),
        new("2 anchors", options => Anchors(options, 2)),
        new("4 anchors", options => Anchors(options, 4)),
        new("anchors by attention", options => options with { Anchor = AnchorKind.Attention }),
        new("lifetime only", options => options with { Scales = [Scale.Lifetime] }),
        new("lifetime, recent", options => options with { Scales = [Scale.Lifetime, Scale.Recent] }),
        new("recent only", options => options with { Scales = [Scale.Recent] }),
        new("control: lifetime twice", options => options with { Scales = [Scale.Lifetime, Scale.Recent], HalfLifePeriods = Endless }),
        new("lifetime, months by decay", options => Months(options, TimeKind.Decay)),
        new("lifetime, months by attention", options => Months(options, TimeKind.Attention)),
        new("lifetime, months by GRU", options => Months(options, TimeKind.Gru)),
        new("month, season, year, lifetime", options => options with { Scales = [Scale.Month, Scale.Season, Scale.Year, Scale.Lifetime] }),
        new("lifetime, recent, reserved anchors", options => options with { Scales = [Scale.Lifetime, Scale.Recent], Aggregation = ScaleKind.Reserved }),
        new("lifetime, recent, fusion", options => options with { Scales = [Scale.Lifetime, Scale.Recent], Aggregation = ScaleKind.Fusion }),
        new("trained", options => options with { TrainedShare = 1 }),
        new("trained, no contrast", options => options with { TrainedShare = 1, ContrastWeight = 0 }),
        new("trained, no geometry", options => options with { TrainedShare = 1, GeometryWeight = 0 }),
        new("not trained", options => options with { TrainedShare = 0 }),
    ];

    // So slow a decay that the recent bag is the lifetime bag: the same shape and size, nothing recent in it.
    private const double Endless = 1200;

    /// <summary>The options with this variant's change.</summary>
    public FitOptions Apply(FitOptions options) => options with { Smen = Change(options.Smen) };

    private static SmenOptions Anchors(SmenOptions options, int anchors) => options with { Anchors = anchors, AnchorDimensions = options.Dimensions / anchors };

    private static SmenOptions Months(SmenOptions options, TimeKind time) => options with { Scales = [Scale.Lifetime, Scale.Month], Time = time };
}
