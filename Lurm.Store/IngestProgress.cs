namespace Lurm.Store;

/// <summary>How far a batch is.</summary>
/// <param name="Stage">"reading" (parsing and checking; nothing is stored yet) or "applying".</param>
/// <param name="Fraction">Of this stage, 0 to 1; from bytes read or events applied.</param>
/// <param name="Events">Events read or applied so far.</param>
/// <param name="Elapsed">Since the stage began.</param>
public readonly record struct IngestProgress(string Stage, double Fraction, long Events, TimeSpan Elapsed)
{
    /// <summary>Events per second in this stage.</summary>
    public double EventsPerSecond => Elapsed > TimeSpan.Zero ? Events / Elapsed.TotalSeconds : 0;

    /// <summary>Time this stage will still take at its present rate; none while nothing is known.</summary>
    public TimeSpan? Left => Fraction > 0.001 ? Elapsed / Fraction * (1 - Fraction) : null;
}
