namespace Lurm.Store.Histories;

/// <summary>How often a user met an item in a period, in one kind.</summary>
/// <param name="Period">Months (or days) since January 1970.</param>
/// <param name="Item">The item's row number.</param>
/// <param name="Kind">The kind's row number; 0 is "no kind".</param>
/// <param name="Count">Events.</param>
/// <param name="WeightThousandths">The events' own weights, summed, in thousandths; 1000 × <paramref name="Count"/> where none was given.</param>
public readonly record struct HistoryEntry(int Period, int Item, short Kind, int Count, long WeightThousandths);
