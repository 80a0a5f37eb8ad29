namespace Lurm.Store;

/// <summary>Which columns (or JSON properties) of an attribute file are what.</summary>
public sealed record AttributeMapping
{
    /// <summary>The user's id.</summary>
    public string UserColumn { get; init; } = "user";

    /// <summary>The columns to take, at least one; an empty value says nothing of the user.</summary>
    public required IReadOnlyList<AttributeColumn> Attributes { get; init; }

    /// <summary>What stands between columns; none: told from name and header as for events.</summary>
    public char? Delimiter { get; init; }
}
