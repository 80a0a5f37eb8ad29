namespace Lurm.Store;

/// <summary>What is known of a user besides the history itself.</summary>
public sealed class UserRecord
{
    /// <summary>The row number; never given to another user.</summary>
    public required long UserKey { get; init; }

    /// <summary>The caller's id.</summary>
    public required string Id { get; init; }

    /// <summary>The earliest event; none without events.</summary>
    public DateTimeOffset? FirstSeen { get; init; }

    /// <summary>The latest event; none without events.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Events.</summary>
    public long EventCount { get; init; }

    /// <summary>Periods with at least one event.</summary>
    public int PeriodCount { get; init; }

    /// <summary>Distinct items.</summary>
    public int ItemCount { get; init; }

    /// <summary>Values by attribute name: text, a double, a boolean or a <see cref="DateTimeOffset"/>; attributes without a value are not in it.</summary>
    public required IReadOnlyDictionary<string, object?> Attributes { get; init; }

    /// <summary>Changes with every change to the user's history or attributes, and says nothing else; an entity tag.</summary>
    public required string Version { get; init; }
}
