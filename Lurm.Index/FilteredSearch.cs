namespace Lurm.Index;

/// <summary>What a filtered search did.</summary>
/// <param name="Count">How many hits were written: min(k, matches).</param>
/// <param name="Plan">The plan that produced them.</param>
/// <param name="Visited">How many vectors were scored on the way.</param>
public readonly record struct FilteredSearch(int Count, FilterPlan Plan, long Visited);
