using System.Globalization;
using System.Text.Json;
using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary>The body of a <c>PATCH</c>: registered attributes only, each of its own type, null to clear.</summary>
internal static class AttributePatch
{
    public static async Task<IReadOnlyDictionary<string, object?>> ReadAsync(ODataCall call)
    {
        using var body = await ActionBody.ReadAsync(call.Http, [.. call.Model.Attributes.Select(attribute => attribute.Name)]);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var attribute in call.Model.Attributes)
        {
            if (body.TryFind(attribute.Name, out var value))
            {
                values[attribute.Name] = Read(attribute, value);
            }
        }

        return values.Count > 0 ? values : throw ApiException.Invalid("The body names no attribute; expected at least one.");
    }

    private static object? Read(AttributeDefinition attribute, JsonElement value) => (attribute.Type, value.ValueKind) switch
    {
        (_, JsonValueKind.Null) => null,
        (AttributeType.String, JsonValueKind.String) => value.GetString(),
        (AttributeType.Number, JsonValueKind.Number) when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        (AttributeType.Boolean, JsonValueKind.True or JsonValueKind.False) => value.GetBoolean(),
        (AttributeType.Date, JsonValueKind.String) when DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) => date,
        _ => throw ActionBody.Wrong(attribute.Name, value, attribute.Type switch
        {
            AttributeType.String => "text",
            AttributeType.Number => "a number",
            AttributeType.Boolean => "true or false",
            _ => "a date such as 2026-11-23T00:00:00Z",
        }),
    };
}
