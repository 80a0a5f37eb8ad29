using Microsoft.OData;

namespace Lurm.Api.OData;

/// <summary>An entity or complex value with what is nested in it: the writer takes lists of complex values in pieces only.</summary>
internal sealed record Entity(ODataResource Resource, params IReadOnlyList<(string Name, IReadOnlyList<ODataResource> Values)> Nested)
{
    /// <summary>The address of an entity by its key, below the service's root: a quote in the key is doubled, and all is escaped.</summary>
    public static string AddressOf(string set, string id) => $"{set}('{Uri.EscapeDataString(id.Replace("'", "''", StringComparison.Ordinal))}')";

    public void Write(ODataWriter writer)
    {
        writer.WriteStart(Resource);
        foreach (var (name, values) in Nested)
        {
            WriteNested(writer, name, values, null);
        }

        writer.WriteEnd();
    }

    /// <summary>Writes a property that is a list of complex values, of which this may be one page.</summary>
    public static void WriteNested(ODataWriter writer, string name, IReadOnlyList<ODataResource> values, Uri? nextLink)
    {
        writer.WriteStart(new ODataNestedResourceInfo { Name = name, IsCollection = true });
        writer.WriteStart(new ODataResourceSet { NextPageLink = nextLink });
        foreach (var value in values)
        {
            writer.WriteStart(value);
            writer.WriteEnd();
        }

        writer.WriteEnd();
        writer.WriteEnd();
    }

    /// <summary>A complex value.</summary>
    public static ODataResource Complex(string type, params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        var list = new List<ODataProperty>(properties.Length);
        foreach (var (name, value) in properties)
        {
            list.Add(new ODataProperty { Name = name, Value = value });
        }

        return new ODataResource { TypeName = type, Properties = list };
    }
}
