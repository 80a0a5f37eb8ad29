using System.Globalization;
using System.Text.Json;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary><c>Lurm.Similar</c> and <c>Lurm.SimilarTo</c>: who is like this user, or like these events.</summary>
internal static class SimilarHandler
{
    private const int DefaultK = 10;
    private const int MaxEvents = 100_000;
    private const int MaxDimensions = 65_536;
    private const int MaxInterests = 10_000;

    private static readonly string[] Parameters = ["user", "events", "vector", "k", "filter", "minScore", "anchorWeights", "respect", "recent", "explain"];

    /// <summary><c>GET Users('id')/Lurm.Similar(k=20)</c>: the ranking of all other users, cut by <c>$filter</c>, then <c>$top</c>, whose default is k.</summary>
    public static async Task SimilarAsync(ODataCall call, string id, int k)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.FilterOption, ODataQuery.SelectOption, ODataQuery.TopOption, ODataQuery.SkipOption);
        call.Caller.Require(LurmRole.Read);
        var skip = call.Query.Skip ?? 0;
        var wanted = CheckK(call, call.Query.Top ?? k, skip);
        var select = call.Query.Select(call.Model.Edm, call.Model.Types.ScoredUser, call.Model.Users);
        var selection = Selection.Of(select);
        if (call.Query.Top == 0)
        {
            await ScoredUsers.WriteAsync(call, [], select);
            return;
        }

        var query = new SimilarQuery
        {
            UserId = id,
            K = wanted,
            Filter = call.Filter,
            Explain = select is not null && selection.Has(LurmTypes.SharedInterests),
        };
        var result = await call.RunAsync(query.Filter, stop => call.Lurm.Similar(query, stop));
        await ScoredUsers.WriteAsync(call, skip == 0 ? result.Users : [.. result.Users.Skip(skip)], select);
    }

    /// <summary><c>POST Users/Lurm.SimilarTo</c>: users like events that are not stored, like a vector, or the full form for a user.</summary>
    public static async Task SimilarToAsync(ODataCall call)
    {
        call.Allow(HttpMethods.Post);
        call.Query.Allow(ODataQuery.SelectOption);
        call.Caller.Require(LurmRole.Read);
        using var body = await ActionBody.ReadAsync(call.Http, Parameters);
        if ((body.Has("user") ? 1 : 0) + (body.Has("events") ? 1 : 0) + (body.Has("vector") ? 1 : 0) != 1)
        {
            throw ApiException.Invalid("Expected 'user', 'events' or 'vector', one of the three.");
        }

        var select = call.Query.Select(call.Model.Edm, call.Model.Types.ScoredUser, call.Model.Users);
        var query = new SimilarQuery
        {
            UserId = body.Text("user"),
            Events = body.List("events", MaxEvents, ReadEvent),
            Vector = body.Floats("vector", MaxDimensions),
            K = CheckK(call, (int)(body.WholeNumber("k", 1, int.MaxValue) ?? DefaultK), 0),
            Filter = body.Text("filter") is { } filter ? call.Filters.Parse(filter) : null,
            MinScore = (float?)body.Number("minScore"),
            AnchorWeights = body.Floats("anchorWeights", MaxDimensions),
            Respect = body.Integers("respect", MaxInterests),
            Recent = body.Flag("recent"),
            Explain = body.Flag("explain"),
        };
        var result = await call.RunAsync(query.Filter, stop => call.Lurm.Similar(query, stop));
        await ScoredUsers.WriteAsync(call, result.Users, select, query.Explain);
    }

    /// <summary>The function's parameter in a path that the OData parser read.</summary>
    public static int KOf(OperationSegment operation) => operation.Parameters.Single(parameter => parameter.Name == "k").Value switch
    {
        ConstantNode { Value: int number } => number,
        ConvertNode { Source: ConstantNode { Value: int number } } => number,
        _ => throw ApiException.Invalid("'k' is not a whole number.", "k"),
    };

    private static int CheckK(ODataCall call, int k, int skip)
    {
        if (k < 0 || (k == 0 && call.Query.Top is null) || (long)k + skip > call.Options.MaxSimilar)
        {
            throw ApiException.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"{(long)k + skip} similar users were asked for; expected 1 to {call.Options.MaxSimilar}."), call.Query.Top is null ? "k" : ODataQuery.TopOption);
        }

        return k + skip;
    }

    /// <summary>Reads an event as it is ingested; whose it was and what the user is like say nothing about the query.</summary>
    private static BehaviourEvent ReadEvent(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw ActionBody.Wrong("events", element, "an object in each place");
        }

        string? item = null;
        string? kind = null;
        string? title = null;
        string? category = null;
        DateTimeOffset? time = null;
        double? weight = null;
        foreach (var property in element.EnumerateObject())
        {
            switch (property.Name)
            {
                case "item" when property.Value.ValueKind == JsonValueKind.String:
                    item = property.Value.GetString();
                    break;
                case "kind" when property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null:
                    kind = property.Value.GetString();
                    break;
                case "time" when property.Value.ValueKind == JsonValueKind.String && property.Value.TryGetDateTimeOffset(out var at):
                    time = at;
                    break;
                case "title" when property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null:
                    title = property.Value.GetString();
                    break;
                case "category" when property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null:
                    category = property.Value.GetString();
                    break;
                case "weight" when ActionBody.IsNumber(property.Value, out var number):
                    weight = number;
                    break;
                case "weight" when property.Value.ValueKind == JsonValueKind.Null:
                case "user" when property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null:
                case "attributes" when property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Null:
                    break;
                default:
                    throw ActionBody.Wrong(
                        $"events/{property.Name}", property.Value, "item (text), time (such as 2026-11-23T00:00:00Z), kind, title, category, user (text), weight (a number) or attributes (an object)");
            }
        }

        return item is not null && time is { } when
            ? new BehaviourEvent { User = "query", Item = item, Time = when, Kind = kind, Weight = weight, Title = title, Category = category }
            : throw ActionBody.Wrong("events", element, "an 'item' and a 'time' in each place");
    }
}
