using Lurm.Store;
using Microsoft.OData;

namespace Lurm.Api.OData;

/// <summary>Users as entities.</summary>
internal static class UserRows
{
    /// <summary>The user as the writer wants it; the vector is given where it was selected and there is one.</summary>
    public static ODataResource ToResource(UserRecord user, LurmModel model, Selection selection, float[]? vector = null)
    {
        var properties = new List<ODataProperty>();
        foreach (var (name, value) in Values(user, model))
        {
            if (selection.Has(name))
            {
                properties.Add(new ODataProperty { Name = name, Value = value });
            }
        }

        if (selection.Has(LurmTypes.Representation))
        {
            properties.Add(new ODataProperty { Name = LurmTypes.Representation, Value = Vector(vector ?? []) });
        }

        return new ODataResource { TypeName = "Lurm.User", ETag = ETagOf(user), Properties = properties };
    }

    /// <summary>All properties but the vector, in the order of the type.</summary>
    public static IEnumerable<(string Name, object? Value)> Values(UserRecord user, LurmModel model)
    {
        yield return ("Id", user.Id);
        yield return ("FirstSeen", user.FirstSeen);
        yield return ("LastSeen", user.LastSeen);
        yield return ("EventCount", user.EventCount);
        yield return ("PeriodCount", user.PeriodCount);
        yield return ("ItemCount", user.ItemCount);
        foreach (var attribute in model.Attributes)
        {
            yield return (attribute.Name, user.Attributes.GetValueOrDefault(attribute.Name));
        }
    }

    public static ODataCollectionValue Vector(float[] vector) =>
        new() { TypeName = "Collection(Edm.Single)", Items = vector.Select(component => (object)component) };

    /// <summary>A weak tag: it changes with the history and the attributes.</summary>
    public static string ETagOf(UserRecord user) => $"W/\"{user.Version}\"";
}
