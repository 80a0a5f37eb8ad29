using System.Text.Json.Nodes;
using Lurm.Api.OData;
using Lurm.Store;

namespace Lurm.Api.Hosting;

/// <summary>The OpenAPI 3.1 document: <c>openapi.json</c> beside this file, with the attributes of the registry and the prefix of this host filled in.</summary>
internal static class OpenApiDocument
{
    public const string Path = "/openapi/v1.json";

    private const string WrittenPrefix = "/odata";

    public static void Map(IEndpointRouteBuilder endpoints, string prefix) =>
        endpoints.MapGet(Path, (LurmModelCache models) => Results.Text(Write(models.Current, prefix), "application/json")).ExcludeFromDescription();

    internal static string Write(LurmModel model, string prefix)
    {
        using var stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        var document = JsonNode.Parse(stream)!.AsObject();
        var schemas = document["components"]!["schemas"]!;
        foreach (var attribute in model.Attributes)
        {
            schemas["User"]!["properties"]![attribute.Name] = SchemaOf(attribute.Type);
            schemas["Attributes"]!["properties"]![attribute.Name] = SchemaOf(attribute.Type);
        }

        var paths = document["paths"]!.AsObject();
        foreach (var (path, item) in paths.ToArray())
        {
            if (prefix != WrittenPrefix && path.StartsWith(WrittenPrefix + "/", StringComparison.Ordinal))
            {
                paths.Remove(path);
                paths[prefix + path[WrittenPrefix.Length..]] = item;
            }
        }

        return document.ToJsonString();
    }

    private static JsonObject SchemaOf(AttributeType type)
    {
        var (name, format) = type switch
        {
            AttributeType.Number => ("number", null),
            AttributeType.Boolean => ("boolean", null),
            AttributeType.Date => ("string", "date-time"),
            _ => ("string", (string?)null),
        };
        var schema = new JsonObject { ["type"] = new JsonArray(name, "null") };
        if (format is not null)
        {
            schema["format"] = format;
        }

        return schema;
    }
}
