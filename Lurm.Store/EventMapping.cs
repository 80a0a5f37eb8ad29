namespace Lurm.Store;

/// <summary>Which columns (or JSON properties) of a file make an event.</summary>
public sealed record EventMapping
{
    /// <summary>The user's id.</summary>
    public required string UserColumn { get; init; }

    /// <summary>The item's id.</summary>
    public required string ItemColumn { get; init; }

    /// <summary>When it happened.</summary>
    public required string TimeColumn { get; init; }

    /// <summary>The kind of behaviour; none: no kind.</summary>
    public string? KindColumn { get; init; }

    /// <summary>How much an event counts, above 0, kept in thousandths; an empty value is 1.</summary>
    public string? WeightColumn { get; init; }

    /// <summary>The item's text.</summary>
    public string? TitleColumn { get; init; }

    /// <summary>The item's category.</summary>
    public string? CategoryColumn { get; init; }

    /// <summary>User attributes that ride along; the value with the latest event time wins.</summary>
    public IReadOnlyList<AttributeColumn> Attributes { get; init; } = [];

    /// <summary>Rules that leave rows out before anything else is looked at, in this order.</summary>
    public IReadOnlyList<RowRule> Rules { get; init; } = [];

    /// <summary>How times are written.</summary>
    public TimeFormat TimeFormat { get; init; }

    /// <summary>What stands between columns; none: a tab for names ending in .tsv or .tab, else told from the header line (tab, semicolon, bar or comma).</summary>
    public char? Delimiter { get; init; }
}
