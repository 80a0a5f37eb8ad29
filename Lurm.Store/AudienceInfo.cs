namespace Lurm.Store;

/// <summary>A saved audience without its members.</summary>
public sealed class AudienceInfo
{
    internal AudienceInfo()
    {
    }

    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>How many members the last run gave, without those erased since.</summary>
    public int MemberCount { get; internal init; }

    /// <summary>Different seeds that had a representation.</summary>
    public int MatchedSeeds { get; internal init; }

    /// <summary>Different seeds that had none.</summary>
    public int UnmatchedSeeds { get; internal init; }

    /// <summary>How users were scored.</summary>
    public LookalikeMethod Method { get; internal init; }

    /// <summary>How large it was asked to be, in words.</summary>
    public required string Size { get; init; }

    /// <summary>Text of the members' filter, if there is one.</summary>
    public string? Filter { get; internal init; }

    /// <summary>Whether it is run again whenever representations are published.</summary>
    public bool RefreshesItself { get; internal init; }

    /// <summary>The model of the last run.</summary>
    public required string ModelId { get; init; }

    /// <summary>When the generation of the last run was published.</summary>
    public DateTimeOffset AsOf { get; internal init; }

    /// <summary>When it was saved first.</summary>
    public DateTimeOffset CreatedAt { get; internal init; }

    /// <summary>The score at sizes from 1 to 20 % of the base.</summary>
    public IReadOnlyList<RelevancePoint> RelevanceCurve { get; internal init; } = [];

    /// <summary>What marks the audience, strongest first.</summary>
    public IReadOnlyList<AudienceInterest> TopInterests { get; internal init; } = [];

    /// <summary>What a careful reader should know.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];
}
