namespace Lurm.Campaigns;

/// <summary>How much of a campaign to run.</summary>
/// <param name="Count">Executions, kills, trials or histories, as the campaign counts.</param>
/// <param name="Seed">Of everything random in it.</param>
internal sealed record CampaignOptions(long Count, int Seed)
{
    /// <summary>Where inputs that broke something are kept; null keeps none.</summary>
    public string? FindingsFolder { get; init; }

    /// <summary>Where to say how far it is.</summary>
    public TextWriter Progress { get; init; } = TextWriter.Null;

    public CancellationToken CancellationToken { get; init; }
}
