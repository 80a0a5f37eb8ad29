using Lurm.Store;
using Microsoft.OData.Edm;

namespace Lurm.Api.OData;

/// <summary>The entity data model of one database: fixed types, and one declared property per registered attribute.</summary>
/// <remarks>Immutable; another registry makes another model, see <see cref="LurmModelCache"/>.</remarks>
internal sealed class LurmModel
{
    public const string Namespace = "Lurm";

    public LurmModel(IReadOnlyList<AttributeDefinition> attributes)
    {
        Attributes = attributes;
        Edm = new EdmModel();
        Types = new LurmTypes(Edm, attributes);
        var container = new EdmEntityContainer(Namespace, "LurmService");
        Edm.AddElement(container);
        Users = container.AddEntitySet("Users", Types.User);
        Audiences = container.AddEntitySet("Audiences", Types.Audience);
        Interests = container.AddEntitySet("Interests", Types.Interest);
        Items = container.AddEntitySet("Items", Types.Item);
        Models = container.AddEntitySet("Models", Types.Model);
        Operations = container.AddEntitySet("Operations", Types.Operation);
        Calls = new LurmOperations(Edm, Types);
        LurmCapabilities.Annotate(this);
    }

    public EdmModel Edm { get; }

    public LurmTypes Types { get; }

    public LurmOperations Calls { get; }

    /// <summary>The registry it was built from.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; }

    public EdmEntitySet Users { get; }

    public EdmEntitySet Audiences { get; }

    public EdmEntitySet Interests { get; }

    public EdmEntitySet Items { get; }

    public EdmEntitySet Models { get; }

    public EdmEntitySet Operations { get; }
}
