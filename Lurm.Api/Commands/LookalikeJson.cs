using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary>What <c>lookalike --json</c> prints; its names are a contract.</summary>
internal static class LookalikeJson
{
    public static object Of(LookalikeResult result) => new
    {
        members = result.Members.Select(member => new { id = member.Id, score = member.Score }),
        matchedSeeds = result.MatchedSeeds,
        unmatchedSeeds = result.UnmatchedSeeds,
        unmatchedSeedIds = result.UnmatchedSeedIds,
        relevanceCurve = result.RelevanceCurve.Select(point => new { percent = point.Percent, members = point.Members, score = point.Score }),
        topInterests = result.TopInterests.Select(interest => new { interest = interest.Interest, label = interest.Label, logOdds = interest.LogOdds }),
        method = NameOf(result.Method),
        modelId = result.ModelId,
        asOf = result.AsOf,
        warnings = result.Warnings,
    };

    /// <summary>As it is written on the command line: logOdds, not LogOdds.</summary>
    public static string NameOf(LookalikeMethod method)
    {
        var name = method.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
