namespace Lurm.Store;

/// <summary>Which users to list, in which order, and which page of them.</summary>
public sealed record UserListQuery
{
    /// <summary>The longest page, in users.</summary>
    public const int MaxTop = 10_000;

    /// <summary>Only these users; none: all.</summary>
    public UserFilter? Filter { get; init; }

    /// <summary>Most important key first, at most 8; the user key, which is the order of arrival, breaks ties.</summary>
    public IReadOnlyList<UserOrder> OrderBy { get; init; } = [];

    /// <summary>Where the page before ended, from its <see cref="UserPage.Next"/>; only with the same order.</summary>
    public string? After { get; init; }

    /// <summary>Users to leave out first; costs as much as reading them.</summary>
    public int Skip { get; init; }

    /// <summary>Users of one page, 1 to <see cref="MaxTop"/>. Default 100.</summary>
    public int Top { get; init; } = 100;
}
