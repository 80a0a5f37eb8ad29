namespace Lurm.Store.Histories;

/// <summary>Receives one user's whole history; the span lives only during the call.</summary>
/// <param name="userKey">The user's row number.</param>
/// <param name="entries">Sorted by period, item, kind.</param>
public delegate void HistoryVisitor(long userKey, ReadOnlySpan<HistoryEntry> entries);
