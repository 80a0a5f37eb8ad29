namespace Lurm.Store.Histories;

/// <summary>What a whole history amounts to besides its events; kept with the user, so that listing users decodes nothing.</summary>
/// <param name="Periods">Periods with at least one event.</param>
/// <param name="Items">Distinct items.</param>
internal readonly record struct HistoryCounts(int Periods, int Items);
