using Lurm.Api.Operations;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>A <c>Lurm.LookalikeResult</c> as an answer: members in pages, and none at all for who may see counts only.</summary>
internal static class LookalikeAnswer
{
    public const string TypeName = "Lurm.LookalikeResult";

    public const string MembersName = "Members";

    public static Task WriteAsync(ODataCall call, LookalikeResult result, Operation operation, SelectExpandClause? select) =>
        ODataResponder.WriteAsync(call, select, StatusCodes.Status200OK, writer =>
        {
            var resource = writer.CreateODataResourceWriter(null, call.Model.Types.LookalikeResult);
            Write(resource, call, result, operation, Selection.Of(select));
        });

    /// <summary>Writes the complex value, its members as a nested set so that it can carry a next link.</summary>
    public static void Write(ODataWriter writer, ODataCall call, LookalikeResult result, Operation operation, Selection selection)
    {
        writer.WriteStart(new ODataResource { TypeName = TypeName, Properties = [.. Properties(call, result, operation).Where(property => selection.Has(property.Name))] });
        if (selection.Has(MembersName))
        {
            Entity.WriteNested(writer, MembersName, Members(call, result, 0, call.PageSize), NextLink(call, operation, result, call.PageSize));
        }

        if (selection.Has("RelevanceCurve"))
        {
            Entity.WriteNested(writer, "RelevanceCurve", [.. result.RelevanceCurve.Select(point => Point(call, point))], null);
        }

        if (selection.Has("TopInterests"))
        {
            Entity.WriteNested(writer, "TopInterests", [.. result.TopInterests.Select(interest => Interest(call, interest))], null);
        }

        writer.WriteEnd();
    }

    /// <summary>One page of members; who was erased since is not in it.</summary>
    public static IReadOnlyList<ODataResource> Members(ODataCall call, LookalikeResult result, int from, int count) =>
        !call.Caller.Has(LurmRole.Read)
            ? []
            : [.. result.Members.Skip(from).Take(count).Where(member => call.Lurm.TryGetUserKey(member.Id, out _)).Select(Member)];

    /// <summary>The address of the page after <paramref name="after"/> members.</summary>
    public static Uri? NextLink(ODataCall call, Operation operation, LookalikeResult result, int after, int? top = null) =>
        after < result.Members.Count && (top is null or > 0) && call.Caller.Has(LurmRole.Read)
            ? new Uri(call.ServiceRoot, FormattableString.Invariant($"Operations('{operation.Id}')/Members?{(top is null ? string.Empty : $"$top={top}&")}$skiptoken={after}"))
            : null;

    private static List<ODataProperty> Properties(ODataCall call, LookalikeResult result, Operation operation) =>
    [
        new() { Name = "MemberCount", Value = AggregateCounts.For(call.Caller, call.Options, operation.CountMembers(call.Lurm)) },
        new() { Name = "MatchedSeeds", Value = AggregateCounts.For(call.Caller, call.Options, result.MatchedSeeds) },
        new() { Name = "UnmatchedSeeds", Value = AggregateCounts.For(call.Caller, call.Options, result.UnmatchedSeeds) },
        new() { Name = "UnmatchedSeedIds", Value = Texts(call.Caller.Has(LurmRole.Read) ? result.UnmatchedSeedIds : []) },
        new() { Name = "Method", Value = result.Method.ToString() },
        new() { Name = "ModelId", Value = result.ModelId },
        new() { Name = "AsOf", Value = result.AsOf },
        new() { Name = "Warnings", Value = Texts(AggregateCounts.Warnings(call.Caller, result.Warnings)) },
    ];

    private static ODataCollectionValue Texts(IEnumerable<string> texts) => new() { TypeName = "Collection(Edm.String)", Items = texts };

    private static ODataResource Member(AudienceMember member) => Entity.Complex("Lurm.Member", ("Id", member.Id), ("Score", member.Score));

    public static ODataResource Point(ODataCall call, RelevancePoint point) => Entity.Complex(
        "Lurm.CurvePoint",
        ("Percent", point.Percent),
        ("Members", AggregateCounts.For(call.Caller, call.Options, point.Members)),
        ("Score", AggregateCounts.Measure(call.Caller, point.Score)));

    public static ODataResource Interest(ODataCall call, AudienceInterest interest) => Entity.Complex(
        "Lurm.TopInterest", ("Interest", interest.Interest), ("Label", interest.Label), ("LogOdds", AggregateCounts.Measure(call.Caller, interest.LogOdds)));
}
