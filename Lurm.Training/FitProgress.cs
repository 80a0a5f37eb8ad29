namespace Lurm.Training;

/// <summary>What <c>fit</c> is doing.</summary>
/// <param name="Text">A line for people.</param>
/// <param name="IsMilestone">Whether a stage just ended; else it is one of many lines of a stage.</param>
internal sealed record FitProgress(string Text, bool IsMilestone);
