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
    /// <remarks>
    /// "Trained" ones go all the way, since modules differ by what they learn; those "as they start" show what the bags alone are worth. The default
    /// network has one table whose blocks the anchors are: their number matters to the other kinds of anchor only.
    /// </remarks>
    public static readonly IReadOnlyList<EncoderVariant> Ablations =
    [
        Default,
        new("trained", options => options with { TrainedShare = 1 }),
        Trained("no contrast", options => options with { ContrastWeight = 0 }),
        Trained("no geometry", options => options with { GeometryWeight = 0 }),
        Trained("all pairs alike in the geometry", options => options with { NearWeight = 0 }),
        Trained("attention, 1 anchor", options => Attention(options, 1)),
        Trained("attention, 2 anchors", options => Attention(options, 2)),
        Trained("attention, 4 anchors", options => Attention(options, 4)),
        Trained("attention, 8 anchors", options => Attention(options, 8)),
        Trained("lifetime only", options => options with { Scales = [Scale.Lifetime] }),
        Trained("lifetime, recent", options => options with { Scales = [Scale.Lifetime, Scale.Recent] }),
        Trained("recent only", options => options with { Scales = [Scale.Recent] }),
        Trained("control: lifetime twice", options => options with { Scales = [Scale.Lifetime, Scale.Recent], HalfLifePeriods = Endless }),
        Trained("lifetime, months by decay", options => Months(options, TimeKind.Decay)),
        Trained("lifetime, months by attention", options => Months(options, TimeKind.Attention)),
        Trained("lifetime, months by GRU", options => Months(options, TimeKind.Gru)),
        Trained("month, season, year, lifetime", options => options with { Scales = [Scale.Month, Scale.Season, Scale.Year, Scale.Lifetime] }),
        Trained("lifetime, recent, reserved anchors", options => options with { Scales = [Scale.Lifetime, Scale.Recent], Aggregation = ScaleKind.Reserved }),
        Trained("lifetime, recent, fusion", options => options with { Scales = [Scale.Lifetime, Scale.Recent], Aggregation = ScaleKind.Fusion }),
        AsItStarts("lifetime only", options => options with { Scales = [Scale.Lifetime] }),
        AsItStarts("lifetime, recent", options => options with { Scales = [Scale.Lifetime, Scale.Recent] }),
        AsItStarts("recent only", options => options with { Scales = [Scale.Recent] }),
        AsItStarts("control: lifetime twice", options => options with { Scales = [Scale.Lifetime, Scale.Recent], HalfLifePeriods = Endless }),
    ];

    // So slow a decay that the recent bag is the lifetime bag: the same shape and size, nothing recent in it.
    private const double Endless = 1200;

    /// <summary>The options with this variant's change.</summary>
    public FitOptions Apply(FitOptions options) => options with { Smen = Change(options.Smen) };

    private static EncoderVariant Trained(string what, Func<SmenOptions, SmenOptions> change) =>
        new($"trained: {what}", options => change(options) with { TrainedShare = 1 });

    private static EncoderVariant AsItStarts(string what, Func<SmenOptions, SmenOptions> change) => new($"as it starts: {what}", options => change(options) with { TrainedShare = 0 });

    private static SmenOptions Attention(SmenOptions options, int anchors) =>
        options with { Anchor = AnchorKind.Attention, Anchors = anchors, AnchorDimensions = options.Dimensions / anchors };

    private static SmenOptions Months(SmenOptions options, TimeKind time) => options with { Scales = [Scale.Lifetime, Scale.Month], Time = time };
}
