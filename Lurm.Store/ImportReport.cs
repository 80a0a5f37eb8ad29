namespace Lurm.Store;

/// <summary>What a file of items or attributes brought.</summary>
/// <param name="Rows">Rows read, without the header.</param>
/// <param name="Added">Items or users seen for the first time.</param>
/// <param name="Changed">Items or users that were known and now have other values.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ImportReport(long Rows, long Added, long Changed, TimeSpan Elapsed)
{
    /// <summary>Rows dropped, since their user was erased and may not come back.</summary>
    public long Suppressed { get; init; }
}
