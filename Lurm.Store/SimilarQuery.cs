namespace Lurm.Store;

/// <summary>What to find users like: exactly one of a user, a vector, or events that are not stored; and how.</summary>
public sealed record SimilarQuery
{
    /// <summary>The most users that one query gives.</summary>
    public const int MaxK = 10_000;

    /// <summary>A user of the database, who is not in the answer.</summary>
    public string? UserId { get; init; }

    /// <summary>A representation of the active model, shape [Dimensions]; normalised on a copy.</summary>
    public IReadOnlyList<float>? Vector { get; init; }

    /// <summary>What a user did who need not be known here; their user ids are not looked at.</summary>
    public IReadOnlyList<BehaviourEvent>? Events { get; init; }

    /// <summary>How many users, 1 to <see cref="MaxK"/>. Default 10.</summary>
    public int K { get; init; } = 10;

    /// <summary>Only users that pass; always min(k, matches) of them.</summary>
    public UserFilter? Filter { get; init; }

    /// <summary>Only users with at least this score.</summary>
    public float? MinScore { get; init; }

    /// <summary>A factor for each anchor's part of the score, one per anchor, finite; none: all 1.</summary>
    public IReadOnlyList<float>? AnchorWeights { get; init; }

    /// <summary>Interests of the query's bags that count; none: all. Needs a user or events.</summary>
    public IReadOnlyList<int>? Respect { get; init; }

    /// <summary>Whether only what the query did lately counts: its bags are decayed before they are embedded. Needs a user or events.</summary>
    public bool Recent { get; init; }

    /// <summary>Half-life used by <see cref="Recent"/>, in base periods on the user's own clock; none: that of the model's recent bag, or 2 months.</summary>
    public double? RecentHalfLife { get; init; }

    /// <summary>Whether each user comes with the interests it shares with the query. Not for a vector.</summary>
    public bool Explain { get; init; }
}
