namespace Lurm.Store;

/// <summary>Which columns (or JSON properties) of an item file are what.</summary>
public sealed record ItemMapping
{
    /// <summary>The item's id.</summary>
    public string IdColumn { get; init; } = "item";

    /// <summary>Its text; none: the file says nothing of it.</summary>
    public string? TitleColumn { get; init; }

    /// <summary>Its category; none: the file says nothing of it.</summary>
    public string? CategoryColumn { get; init; }

    /// <summary>Its vector: numbers between spaces, commas or semicolons, with or without brackets, or a list of numbers.</summary>
    public string? VectorColumn { get; init; }

    /// <summary>What stands between columns; none: told from name and header as for events.</summary>
    public char? Delimiter { get; init; }
}
