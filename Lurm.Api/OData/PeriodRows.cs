using System.Collections.Frozen;
using Lurm.Store;
using Lurm.Store.Histories;
using Microsoft.OData;
using Microsoft.OData.Edm;

namespace Lurm.Api.OData;

/// <summary>A user's history as entities, one a period, oldest first.</summary>
internal static class PeriodRows
{
    public static IReadOnlyList<Row> Read(ODataCall call, CatalogCache catalog, UserRecord user)
    {
        var entries = new List<HistoryEntry>();
        call.Lurm.ReadHistory(user.UserKey, (_, history) => entries.AddRange(history));
        var items = catalog.ByKey([.. entries.Select(entry => entry.Item).Distinct()], call.Aborted);
        var kinds = call.Lurm.Kinds;
        return [.. entries.GroupBy(entry => entry.Period).OrderBy(period => period.Key).Select(period => new Row(
            ("Start", StartOf(period.Key, call.Lurm.Grain)),
            ("Events", (double)period.Sum(entry => entry.Count)),
            ("Items", period.Select(entry => Item(entry, items, kinds)).ToArray())))];
    }

#pragma warning disable CS0618 // The library's writer of this version knows its own Date only.
    private static Date StartOf(int period, PeriodGrain grain)
    {
        var start = grain == PeriodGrain.Day ? DateTime.UnixEpoch.AddDays(period) : DateTime.UnixEpoch.AddMonths(period);
        return new Date(start.Year, start.Month, start.Day);
    }
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
}
