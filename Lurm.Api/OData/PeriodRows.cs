using System.Collections.Frozen;
using System.Globalization;
using Lurm.Store;
using Lurm.Store.Histories;
using Microsoft.OData;
using Microsoft.OData.Edm;

namespace Lurm.Api.OData;

/// <summary>A user's history as entities, one a period, oldest first.</summary>
internal static class PeriodRows
{
    private const string TokenFormat = "yyyy-MM-dd";

    /// <summary>One page of them; only its own items are looked up.</summary>
    public static Page Read(ODataCall call, CatalogCache catalog, UserRecord user)
    {
        var entries = new List<HistoryEntry>();
        call.Lurm.ReadHistory(user.UserKey, (_, history) => entries.AddRange(history));
        var grain = call.Lurm.Grain;
        var after = After(call);
        var periods = entries.GroupBy(entry => entry.Period).OrderBy(period => period.Key).ToArray();
        var left = periods.SkipWhile(period => StartOf(period.Key, grain) <= after).Skip(call.Query.Skip ?? 0).ToArray();
        var shown = left.Take(call.PageSize).ToArray();
        var items = catalog.ByKey([.. shown.SelectMany(period => period).Select(entry => entry.Item).Distinct()], call.Aborted);
        var kinds = call.Lurm.Kinds;
        var rows = shown.Select(period => new Row(
            ("Start", ToDate(StartOf(period.Key, grain))),
            ("Events", (double)period.Sum(entry => entry.Count)),
            ("Items", period.Select(entry => Item(entry, items, kinds)).ToArray()))).ToArray();
        var next = left.Length > shown.Length && shown.Length > 0 ? StartOf(shown[^1].Key, grain).ToString(TokenFormat, CultureInfo.InvariantCulture) : null;
        return new Page(rows, periods.Length, next);
    }

    private static DateOnly? After(ODataCall call) => call.Query.SkipToken switch
    {
        null => null,
        var token when DateOnly.TryParseExact(token, TokenFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var start) => start,
        _ => throw call.Query.WrongSkipToken(),
    };

    private static DateOnly StartOf(int period, PeriodGrain grain) =>
        DateOnly.FromDateTime(grain == PeriodGrain.Day ? DateTime.UnixEpoch.AddDays(period) : DateTime.UnixEpoch.AddMonths(period));

#pragma warning disable CS0618 // The library's writer of this version knows its own Date only.
    private static Date ToDate(DateOnly day) => new(day.Year, day.Month, day.Day);
#pragma warning restore CS0618

    private static ODataResource Item(HistoryEntry entry, FrozenDictionary<int, ItemRecord> items, IReadOnlyList<string> kinds)
    {
        var item = items.GetValueOrDefault(entry.Item);
        var kind = entry.Kind >= 0 && entry.Kind < kinds.Count ? kinds[entry.Kind] : null;
        return Entity.Complex(
            "Lurm.PeriodItem",
            ("Item", item?.Id ?? string.Empty),
            ("Title", item?.Title),
            ("Kind", string.IsNullOrEmpty(kind) ? null : kind),
            ("Count", (double)entry.Count));
    }

    /// <param name="Rows">The periods of the page.</param>
    /// <param name="Count">How many periods the user has in all.</param>
    /// <param name="Next">The start of the page's last period, where more follow.</param>
    internal sealed record Page(IReadOnlyList<Row> Rows, int Count, string? Next);
}
