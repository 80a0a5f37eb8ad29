using System.Text.Json.Serialization;

namespace Lurm.Store.Audiences;

/// <summary>What a saved audience is made from, as stored: users by their row numbers, so that an erased id stands nowhere in it.</summary>
internal sealed record AudienceDefinition
{
    public long[]? SeedKeys { get; init; }

    public string? SeedFilter { get; init; }

    public string? AudienceId { get; init; }

    public int? Users { get; init; }

    public double? FromPercent { get; init; }

    public double? ToPercent { get; init; }

    public double? LeastScore { get; init; }

    public LookalikeMethod Method { get; init; }

    public string? Filter { get; init; }

    public long[] ExcludeKeys { get; init; } = [];

    public bool IncludeSeeds { get; init; }

    public int Seed { get; init; }

    [JsonIgnore]
    public AudienceSize Size => this switch
    {
        { Users: { } users } => AudienceSize.Count(users),
        { LeastScore: { } score } => AudienceSize.MinScore(score),
        _ => AudienceSize.Band(FromPercent ?? 0, ToPercent ?? 1),
    };

    public static AudienceDefinition From(LurmDatabase database, LookalikeQuery query) => new()
    {
        SeedKeys = query.Seeds is { } seeds ? Keys(database, seeds) : null,
        SeedFilter = query.SeedFilter?.ToString(),
        AudienceId = query.AudienceId,
        Users = query.Size.Users,
        FromPercent = query.Size.FromPercent,
        ToPercent = query.Size.ToPercent,
        LeastScore = query.Size.LeastScore,
        Method = query.Method,
        Filter = query.Filter?.ToString(),
        ExcludeKeys = Keys(database, query.Exclude),
        IncludeSeeds = query.IncludeSeeds,
        Seed = query.Seed,
    };

    public LookalikeQuery ToQuery(LurmDatabase database) => new()
    {
        Seeds = SeedKeys is { } keys ? Ids(database, keys) : null,
        SeedFilter = SeedFilter is { } seedFilter ? UserFilter.Parse(seedFilter) : null,
        AudienceId = AudienceId,
        Size = Size,
        Method = Method,
        Filter = Filter is { } filter ? UserFilter.Parse(filter) : null,
        Exclude = Ids(database, ExcludeKeys),
        IncludeSeeds = IncludeSeeds,
        Seed = Seed,
        Explain = true,
    };

    private static long[] Keys(LurmDatabase database, IReadOnlyList<string> ids)
    {
        var keys = new List<long>(ids.Count);
        foreach (var id in ids)
        {
            if (database.TryGetUserKey(id, out var key))
            {
                keys.Add(key);
            }
        }

        return [.. keys];
    }

    private static string[] Ids(LurmDatabase database, long[] keys)
    {
        var ids = new string?[keys.Length];
        database.GetUserIds(keys, ids);
        return [.. ids.OfType<string>()];
    }
}

/// <summary>What the last run of a saved audience said besides its members.</summary>
internal sealed record AudienceReport(int Members, int MatchedSeeds, int UnmatchedSeeds, IReadOnlyList<RelevancePoint> Curve, IReadOnlyList<AudienceInterest> Interests, IReadOnlyList<string> Warnings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AudienceDefinition))]
[JsonSerializable(typeof(AudienceReport))]
internal sealed partial class AudienceJson : JsonSerializerContext;
