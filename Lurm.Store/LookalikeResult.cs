namespace Lurm.Store;

/// <summary>An audience.</summary>
public sealed class LookalikeResult
{
    /// <summary>The most unmatched seeds that are named.</summary>
    public const int MaxUnmatchedIds = 1_000;

    internal LookalikeResult()
    {
    }

    /// <summary>The users, best first; equal scores in key order.</summary>
    public IReadOnlyList<AudienceMember> Members { get; internal init; } = [];

    /// <summary>Different seeds that have a representation.</summary>
    public int MatchedSeeds { get; internal init; }

    /// <summary>Different seeds that are unknown or have none.</summary>
    public int UnmatchedSeeds { get; internal init; }

    /// <summary>Who they are, at most a thousand, in the order given.</summary>
    public IReadOnlyList<string> UnmatchedSeedIds { get; internal init; } = [];

    /// <summary>The score at sizes from 1 to 20 % of the base.</summary>
    public IReadOnlyList<RelevancePoint> RelevanceCurve { get; internal init; } = [];

    /// <summary>What marks the audience, strongest first; empty unless asked for.</summary>
    public IReadOnlyList<AudienceInterest> TopInterests { get; internal init; } = [];

    /// <summary>How users were scored.</summary>
    public LookalikeMethod Method { get; internal init; }

    /// <summary>The model that answered.</summary>
    public required string ModelId { get; init; }

    /// <summary>When its generation was published.</summary>
    public DateTimeOffset AsOf { get; internal init; }

    /// <summary>What a careful reader should know: few seeds, seeds without a common taste, fewer members than asked.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];
}
