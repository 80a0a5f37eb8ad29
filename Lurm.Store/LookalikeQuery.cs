namespace Lurm.Store;

/// <summary>An audience like some seed users, who are given by exactly one of ids, a filter, or a saved audience.</summary>
public sealed record LookalikeQuery
{
    /// <summary>The most seeds that are looked at.</summary>
    public const int MaxSeeds = 500_000;

    /// <summary>Ids of seed users; unknown ones are counted and named.</summary>
    public IReadOnlyList<string>? Seeds { get; init; }

    /// <summary>The users that pass are the seeds.</summary>
    public UserFilter? SeedFilter { get; init; }

    /// <summary>The members of this saved audience are the seeds.</summary>
    public string? AudienceId { get; init; }

    /// <summary>How large. Default 1 % of the base.</summary>
    public AudienceSize Size { get; init; } = AudienceSize.Percent(1);

    /// <summary>How users are scored. Default <see cref="LookalikeMethod.Logistic"/>.</summary>
    public LookalikeMethod Method { get; init; } = LookalikeMethod.Logistic;

    /// <summary>Only users that pass can be members; they are the base of a percentage.</summary>
    public UserFilter? Filter { get; init; }

    /// <summary>Ids of users that are not to be members.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Whether seeds may be members. Default false: they are known already.</summary>
    public bool IncludeSeeds { get; init; }

    /// <summary>Whether the answer names the interests that mark the audience.</summary>
    public bool Explain { get; init; }

    /// <summary>Seed of everything drawn; the same query on the same generation gives the same answer. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
