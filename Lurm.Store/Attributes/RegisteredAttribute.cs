namespace Lurm.Store.Attributes;

/// <summary>An attribute with its row number.</summary>
internal sealed record RegisteredAttribute(int Key, AttributeDefinition Definition)
{
    public AttributeType Type => Definition.Type;

    /// <summary>The partial index that an indexed attribute has.</summary>
    public string IndexName => $"attribute_{Key}_by_value";

    /// <summary>Makes it; the key is a number of ours, since an index's condition cannot be a parameter.</summary>
    public string CreateIndexSql => $"CREATE INDEX {IndexName} ON attribute_values (value, user_key) WHERE attribute_key = {Key}";
}
