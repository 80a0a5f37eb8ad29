namespace Lurm.Store;

/// <summary>One user of a ranking.</summary>
/// <param name="Id">The user.</param>
/// <param name="Score">Inner product of both representations, in [−1, 1]; larger is more alike. With anchor weights: each anchor's part times its weight.</param>
public sealed record SimilarUser(string Id, float Score)
{
    /// <summary>The row number; never given to another user.</summary>
    public long UserKey { get; init; }

    /// <summary>The interests both have, heaviest first, at most ten; empty unless asked for.</summary>
    public IReadOnlyList<SharedInterest> SharedInterests { get; init; } = [];
}
