namespace Lurm.Training.Evaluation.Metrics;

/// <summary>A measured number and its 95 % interval.</summary>
/// <param name="Value">On all units.</param>
/// <param name="Low">2.5 % of the bootstrap samples are below; NaN where it could not be resampled.</param>
/// <param name="High">2.5 % of the bootstrap samples are above.</param>
internal readonly record struct Estimate(double Value, double Low, double High);
