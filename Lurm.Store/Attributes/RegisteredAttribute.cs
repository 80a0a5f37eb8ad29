namespace Lurm.Store.Attributes;

/// <summary>An attribute with its row number.</summary>
internal sealed record RegisteredAttribute(int Key, AttributeDefinition Definition)
{
    public AttributeType Type => Definition.Type;

    /// <summary>The partial index that an indexed attribute has.</summary>
    public string IndexName => $"attribute_{Key}_by_value";
}
