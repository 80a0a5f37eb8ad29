using Lurm.Store;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>Answers of <c>Lurm.ScoredUser</c>: users with a score.</summary>
internal static class ScoredUsers
{
    /// <summary>Writes the ranking; who was erased since the search is left out.</summary>
    public static Task WriteAsync(ODataCall call, IReadOnlyList<SimilarUser> ranking, SelectExpandClause? select, bool isExplained = false)
    {
        var selection = Selection.Of(select);
        return ScoredUsersJson.Applies(call)
            ? ScoredUsersJson.WriteAsync(call, ranking, select, isExplained)
            : ODataResponder.WriteSetAsync(call, call.Model.Users, call.Model.Types.ScoredUser, Rows(call, ranking, selection, select is not null || isExplained), select, null, null);
    }

    /// <summary>What is known of the users, in the ranking's order.</summary>
    internal static IReadOnlyList<UserRecord?> Read(ODataCall call, IReadOnlyList<SimilarUser> ranking) =>
        call.Lurm.GetUsers([.. ranking.Select(near => near.Id)]);

    internal static IEnumerable<Entity> Rows(ODataCall call, IReadOnlyList<SimilarUser> ranking, Selection selection, bool withInterests)
    {
        foreach (var (near, found) in ranking.Zip(Read(call, ranking)))
        {
            if (found is not { } user)
            {
                continue;
            }

            var resource = UsersHandler.ToResource(call, user, selection);
            resource.TypeName = "Lurm.ScoredUser";
            var properties = resource.Properties.ToList();
            if (selection.Has(LurmTypes.Score))
            {
                properties.Add(new ODataProperty { Name = LurmTypes.Score, Value = near.Score });
            }

            resource.Properties = properties;
            yield return withInterests && selection.Has(LurmTypes.SharedInterests) ? new Entity(resource, (LurmTypes.SharedInterests, Shared(near))) : new Entity(resource);
        }
    }

    private static ODataResource[] Shared(SimilarUser near) =>
        [.. near.SharedInterests.Select(shared => Entity.Complex(
            "Lurm.SharedInterest", ("Interest", shared.Interest), ("Label", shared.Label), ("Weight", shared.Weight)))];
}
