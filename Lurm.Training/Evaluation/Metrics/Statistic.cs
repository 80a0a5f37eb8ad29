namespace Lurm.Training.Evaluation.Metrics;

/// <summary>A number computed from units (users or targets), unit i counted <c>weights[i]</c> times; no weights means once each.</summary>
internal delegate double Statistic(ReadOnlySpan<double> weights);
