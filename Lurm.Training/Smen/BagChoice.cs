namespace Lurm.Training.Smen;

/// <summary>What the temporal hold-out decided.</summary>
/// <param name="HalfLifePeriods">Half-life of recent counts.</param>
/// <param name="RecentShare">Share of the recent bag in the geometry target.</param>
/// <param name="UseRecent">Whether recent anchors go on.</param>
/// <param name="Metrics">What was measured, for the card.</param>
internal sealed record BagChoice(double HalfLifePeriods, double RecentShare, bool UseRecent, IReadOnlyDictionary<string, double> Metrics);
