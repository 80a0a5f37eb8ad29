using Lurm.Store;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>The entity sets <c>Items</c>, <c>Interests</c> and <c>Models</c>.</summary>
internal sealed class CatalogHandler(CatalogCache catalog)
{
    public Task HandleAsync(ODataCall call, string set, ODataPathSegment[] rest) => set switch
    {
        "Items" => RowSets.HandleAsync(call, call.Model.Items, call.Model.Types.Item, Items(call), rest),
        "Interests" => RowSets.HandleAsync(call, call.Model.Interests, call.Model.Types.Interest, Interests(call), rest),
        _ => RowSets.HandleAsync(call, call.Model.Models, call.Model.Types.Model, Models(call.Lurm), rest),
    };

    private static IEnumerable<Row> Models(LurmDatabase lurm) => lurm.Models.Select(model => new Row(
        ("Id", model.Id),
        ("State", model.State.ToString()),
        ("RegisteredAt", model.RegisteredAt),
        ("Representations", model.Representations)));

    private static IEnumerable<Row> Interests(ODataCall call)
    {
        if (!call.Lurm.TryGetActiveModel(out var model))
        {
            return [];
        }

        var items = new int[model.Interests.Count];
        foreach (var interest in model.Interests.Items.Values)
        {
            items[interest]++;
        }

        return model.Interests.Labels.Select((label, interest) => new Row(("Id", interest), ("Label", label), ("Items", items[interest])));
    }

    private IEnumerable<Row> Items(ODataCall call)
    {
        var interests = call.Lurm.TryGetActiveModel(out var model) ? model.Interests : null;
        return catalog.Items(call.Aborted).Select(item => new Row(
            ("Id", item.Id),
            ("Title", item.Title),
            ("Category", item.Category),
            ("Interest", interests?.TryGetInterest(item.Id, item.Title, item.Category, out var interest) == true ? interest : null)));
    }
}
