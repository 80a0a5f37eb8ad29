namespace Lurm.Store;

/// <summary>How relevance falls with size: one point of the curve.</summary>
/// <param name="Percent">Share of the base, in percent.</param>
/// <param name="Members">How many users that is.</param>
/// <param name="Score">The score of the last of them.</param>
public readonly record struct RelevancePoint(double Percent, int Members, float Score);
