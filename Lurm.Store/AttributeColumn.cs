namespace Lurm.Store;

/// <summary>A column of event rows whose value becomes an attribute of the user.</summary>
/// <param name="Column">The column.</param>
/// <param name="Name">The attribute's name.</param>
/// <param name="Type">What its values are.</param>
public sealed record AttributeColumn(string Column, string Name, AttributeType Type = AttributeType.String);
