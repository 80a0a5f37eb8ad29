namespace Lurm.Store.Attributes;

/// <summary>The types' names in the schema, on the command line and in files.</summary>
internal static class AttributeTypeNames
{
    public static string Of(AttributeType type) => type switch
    {
        AttributeType.String => "string",
        AttributeType.Number => "number",
        AttributeType.Boolean => "boolean",
        _ => "date",
    };

    public static AttributeType Parse(string name) => name switch
    {
        "string" => AttributeType.String,
        "number" => AttributeType.Number,
        "boolean" => AttributeType.Boolean,
        "date" => AttributeType.Date,
        _ => throw new StoreException(StoreFault.Invalid, $"'{name}' is no attribute type; expected string, number, boolean or date."),
    };
}
