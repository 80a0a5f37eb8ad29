namespace Lurm.Store;

/// <summary>One behaviour: a user did something with an item at a time.</summary>
public sealed record BehaviourEvent
{
    /// <summary>Who; see <see cref="UserId"/>.</summary>
    public required string User { get; init; }

    /// <summary>What it is about, 1 to 256 bytes of UTF-8.</summary>
    public required string Item { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The kind of behaviour ("view", "buy"); none is its own kind, with weight 1.</summary>
    public string? Kind { get; init; }

    /// <summary>How much it counts, above 0; kept in thousandths. None counts 1.</summary>
    public double? Weight { get; init; }

    /// <summary>The item's text, if it rides along.</summary>
    public string? Title { get; init; }

    /// <summary>The item's category, if it rides along.</summary>
    public string? Category { get; init; }

    /// <summary>User attributes that ride along: text, number (double), boolean or date (DateTimeOffset); the latest event time wins.</summary>
    public IReadOnlyDictionary<string, object?>? Attributes { get; init; }
}
