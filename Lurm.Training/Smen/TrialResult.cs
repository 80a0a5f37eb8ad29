namespace Lurm.Training.Smen;

/// <summary>What the temporal hold-out decided.</summary>
/// <param name="Options">With nothing left open: scales, half-life, start and share of the recent anchors, training or none.</param>
/// <param name="Metrics">What was measured, for the card.</param>
internal sealed record TrialResult(SmenOptions Options, IReadOnlyDictionary<string, double> Metrics);
