using Lurm.Store.Histories;

namespace Lurm.Store.Encoders;

/// <summary>One bag input of an encoder and how it is derived from a history.</summary>
/// <remarks>
/// The ONNX inputs of a bag named <c>b</c> are, for scales of one bag (lifetime, recent): <c>b_keys</c> int32 [B, N], <c>b_values</c>
/// float [B, N] (padding: key 0, value 0) and, with a gate, <c>b_gate</c> float [B, 1]. For scales of many bags (month, season, year):
/// <c>b_keys</c> int32 [B, P, N], <c>b_values</c> float [B, P, N], <c>b_ages</c> int32 [B, P] and <c>b_mask</c> float [B, P] (1 where the period has events).
/// Values are log(1 + count) · idf, each bag normalised to unit length. The P bags of a user are those that are not empty, oldest first, from index 0; padding
/// follows them (mask 0, age 0). Ages are in periods of the bag's own scale on the user's own clock, 0 to <see cref="MaxPeriods"/> − 1.
/// </remarks>
public sealed record BagInput
{
    /// <summary>The prefix of its ONNX inputs; letters and digits.</summary>
    public required string Name { get; init; }

    /// <summary>The grain.</summary>
    public required Scale Scale { get; init; }

    /// <summary>Half-life of a count, in base periods on the user's own clock; only for <see cref="Scale.Recent"/>.</summary>
    public double? HalfLifePeriods { get; init; }

    /// <summary>c0 of the gate g = n / (n + c0), n being the bag's decayed count; none: no gate input.</summary>
    public double? GateHalfCount { get; init; }

    /// <summary>How many periods enter, for scales of many bags: the last one, of age 0, and those before it; all that are older are merged into the bag of age <c>MaxPeriods − 1</c>.</summary>
    public int MaxPeriods { get; init; } = 1;

    /// <summary>Whether it is many bags of one user, a bag per period.</summary>
    internal bool IsMany => Scale is Scale.Month or Scale.Season or Scale.Year;

    /// <summary>The anchors this bag alone writes, where there are such; used by "recent only" queries.</summary>
    public IReadOnlyList<int> Anchors { get; init; } = [];
}
