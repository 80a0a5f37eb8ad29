using Microsoft.OData;

namespace Lurm.Api.OData;

/// <summary>An entity that is in memory: its properties by name, in the order of its type.</summary>
internal sealed class Row(params (string Name, object? Value)[] properties)
{
    public object? this[string name] => properties.First(property => property.Name == name).Value;

    /// <summary>The entity as the writer wants it, cut to what was selected.</summary>
    public Entity ToEntity(string typeName, Selection selection)
    {
        var shown = properties.Where(property => selection.Has(property.Name)).ToArray();
        var resource = new ODataResource
        {
            TypeName = typeName,
            Properties = [.. shown.Where(property => property.Value is not IReadOnlyList<ODataResource>).Select(property => new ODataProperty { Name = property.Name, Value = property.Value })],
        };
        return new Entity(resource, [.. shown.Where(property => property.Value is IReadOnlyList<ODataResource>).Select(property => (property.Name, (IReadOnlyList<ODataResource>)property.Value!))]);
    }
}
