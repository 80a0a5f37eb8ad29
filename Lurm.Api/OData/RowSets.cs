using System.Globalization;
using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>Entity sets that are in memory: <c>$filter</c>, <c>$orderby</c>, paging and <c>$select</c> over rows.</summary>
internal static class RowSets
{
    /// <summary>Writes one page of <paramref name="rows"/>, which come in the set's own, stable order.</summary>
    public static async Task WriteAsync(ODataCall call, IEdmEntitySet set, IEdmEntityType type, IEnumerable<Row> rows)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.FilterOption, ODataQuery.SelectOption, ODataQuery.OrderByOption, ODataQuery.TopOption, ODataQuery.SkipOption, ODataQuery.SkipTokenOption, ODataQuery.CountOption);
        var select = call.Query.Select(call.Model.Edm, type, set);
        if (call.Query.Filter is { } filter)
        {
            rows = rows.Where(RowFilter.Compile(filter, call.Model.Edm, type, set));
        }

        foreach (var (property, descending) in call.Query.Order(call.Model.Edm, type, set).Reverse())
        {
            var comparer = Comparer<object?>.Create(RowFilter.Compare);
            rows = descending ? rows.OrderByDescending(row => row[property], comparer) : rows.OrderBy(row => row[property], comparer);
        }

        IReadOnlyList<Row> all = [.. rows];
        var from = call.Query.SkipToken is null ? call.Query.Skip ?? 0 : PlaceAfter(call, all);
        var page = all.Skip(from).Take(call.PageSize + 1).ToArray();
        var left = call.Query.Top - call.PageSize;
        var next = call.PageSize > 0 && page.Length > call.PageSize && left is null or > 0
            ? new Uri(call.ServiceRoot, $"{set.Name}?{call.Query.Next(string.Create(CultureInfo.InvariantCulture, $"{from + call.PageSize}:{page[call.PageSize - 1]["Id"]}"), left)}")
            : null;
        var selection = Selection.Of(select);
        await ODataResponder.WriteSetAsync(call, set, type, page.Take(call.PageSize).Select(row => row.ToEntity(type.FullName(), selection)), select, call.Query.Count ? all.Count : null, next);
    }

    /// <summary>Writes the one row whose key is <paramref name="key"/>.</summary>
    public static async Task WriteOneAsync(ODataCall call, IEdmEntitySet set, IEdmEntityType type, IEnumerable<Row> rows, object key)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.SelectOption);
        var row = rows.FirstOrDefault(row => Equals(row["Id"], key)) ?? throw ApiException.NotFound($"{set.Name} has no '{key}'.");
        var select = call.Query.Select(call.Model.Edm, type, set);
        await ODataResponder.WriteEntityAsync(call, set, type, row.ToEntity(type.FullName(), Selection.Of(select)), select);
    }

    /// <summary>Answers a path of rows: the set, its count, or one by key.</summary>
    public static Task HandleAsync(ODataCall call, IEdmEntitySet set, IEdmEntityType type, IEnumerable<Row> rows, ODataPathSegment[] rest) => rest switch
    {
        [] => WriteAsync(call, set, type, rows),
        [KeySegment key] => WriteOneAsync(call, set, type, rows, key.Keys.Single().Value),
        [CountSegment] => CountAsync(call, set, type, rows),
        _ => throw ApiException.NotFound($"'{call.Http.Request.Path}' is not something this service answers; see $metadata."),
    };

    private static async Task CountAsync(ODataCall call, IEdmEntitySet set, IEdmEntityType type, IEnumerable<Row> rows)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.FilterOption);
        var count = call.Query.Filter is { } filter ? rows.Count(RowFilter.Compile(filter, call.Model.Edm, type, set)) : rows.Count();
        call.Http.Response.ContentType = "text/plain;charset=utf-8";
        using var buffer = new MemoryStream();
        buffer.Write(System.Text.Encoding.UTF8.GetBytes(count.ToString(CultureInfo.InvariantCulture)));
        await ODataResponder.SendAsync(call.Http, buffer);
    }

    /// <summary>Where the rows after the last one of the page before begin: by its key, so that what came or went meanwhile repeats and hides none.</summary>
    private static int PlaceAfter(ODataCall call, IReadOnlyList<Row> rows)
    {
        var token = call.Query.SkipToken!;
        var colon = token.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !int.TryParse(token.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            throw call.Query.WrongSkipToken();
        }

        for (var at = 0; at < rows.Count; at++)
        {
            if (token.AsSpan(colon + 1).SequenceEqual(Convert.ToString(rows[at]["Id"], CultureInfo.InvariantCulture)))
            {
                return at + 1;
            }
        }

        // It went itself: those after it moved up by one.
        return Math.Max(0, place - 1);
    }
}
