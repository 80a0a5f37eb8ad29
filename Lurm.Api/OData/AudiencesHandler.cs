using System.Globalization;
using System.Text.Json;
using Lurm.Api.Commands;
using Lurm.Api.Operations;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>The entity set <c>Audiences</c>: saved, paged, refreshed, exported, deleted.</summary>
internal sealed class AudiencesHandler(HeavyWork heavy)
{
    private const int ExportPage = 10_000;

    private static readonly string[] OwnParameters = ["id", "refreshesItself"];

    public async Task<string> HandleAsync(ODataCall call, ODataPathSegment[] rest)
    {
        call.Caller.Require(LurmRole.Aggregate);
        switch (rest)
        {
            case []:
                await RowSets.WriteAsync(call, call.Model.Audiences, call.Model.Types.Audience, call.Lurm.Audiences.Select(audience => RowOf(call, audience)));
                return string.Empty;
            case [CountSegment]:
                await RowSets.HandleAsync(call, call.Model.Audiences, call.Model.Types.Audience, call.Lurm.Audiences.Select(audience => RowOf(call, audience)), rest);
                return "/$count";
            case [OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.Save:
                await SaveAsync(call);
                return "/Lurm.Save";
            case [KeySegment key]:
                await OneAsync(call, Find(call, KeyOf(key)));
                return "(id)";
            case [KeySegment key, NavigationPropertySegment { NavigationProperty.Name: "Members" }]:
                await MembersAsync(call, Find(call, KeyOf(key)));
                return "(id)/Members";
            case [KeySegment key, OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.Refresh:
                await RefreshAsync(call, Find(call, KeyOf(key)));
                return "(id)/Lurm.Refresh";
            case [KeySegment key, OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.AudienceExport:
                await ExportAsync(call, Find(call, KeyOf(key)), operation);
                return "(id)/Lurm.Export";
            default:
                throw ApiException.NotFound($"'{call.Http.Request.Path}' is not something this service answers; see $metadata.");
        }
    }

    private static string KeyOf(KeySegment segment) => (string)segment.Keys.Single().Value;

    private static AudienceInfo Find(ODataCall call, string id) =>
        call.Lurm.TryGetAudience(id, out var audience) ? audience : throw ApiException.NotFound($"There is no audience '{id}'.");

    // A filter is written by who may read users, and may name one.
    private static Row RowOf(ODataCall call, AudienceInfo audience) => new(
        ("Id", audience.Id),
        ("MemberCount", AggregateCounts.For(call.Caller, call.Options, audience.MemberCount)),
        ("MatchedSeeds", AggregateCounts.For(call.Caller, call.Options, audience.MatchedSeeds)),
        ("UnmatchedSeeds", AggregateCounts.For(call.Caller, call.Options, audience.UnmatchedSeeds)),
        ("Method", audience.Method.ToString()),
        ("Size", audience.Size),
        ("Filter", call.Caller.Has(LurmRole.Read) ? audience.Filter : null),
        ("RefreshesItself", audience.RefreshesItself),
        ("ModelId", audience.ModelId),
        ("AsOf", audience.AsOf),
        ("CreatedAt", audience.CreatedAt),
        ("RelevanceCurve", audience.RelevanceCurve.Select(point => LookalikeAnswer.Point(call, point)).ToArray()),
        ("TopInterests", audience.TopInterests.Select(interest => LookalikeAnswer.Interest(call, interest)).ToArray()),
        ("Warnings", new ODataCollectionValue { TypeName = "Collection(Edm.String)", Items = AggregateCounts.Warnings(call.Caller, audience.Warnings) }));

    /// <summary>Members of an audience that is too small are not shown, whoever saved it and how.</summary>
    private static void CheckFloors(ODataCall call, AudienceInfo audience)
    {
        if (audience.MatchedSeeds < call.Options.MinimumSeeds || audience.MemberCount < call.Options.MinimumMembers)
        {
            throw new ApiException(
                StatusCodes.Status403Forbidden,
                "Forbidden",
                $"The audience '{audience.Id}' has {audience.MatchedSeeds} seeds and {audience.MemberCount} members; expected at least {call.Options.MinimumSeeds} and {call.Options.MinimumMembers}, so that no audience describes a person.");
        }
    }

    private static Task WriteAsync(ODataCall call, AudienceInfo audience) => ODataResponder.WriteEntityAsync(
        call, call.Model.Audiences, call.Model.Types.Audience, RowOf(call, audience).ToEntity("Lurm.Audience", Selection.Default), null);

    private static async Task OneAsync(ODataCall call, AudienceInfo audience)
    {
        call.Allow(HttpMethods.Get, HttpMethods.Delete);
        if (HttpMethods.IsDelete(call.Method))
        {
            call.Caller.Require(LurmRole.Read);
            call.Lurm.DeleteAudience(audience.Id);
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        call.Query.Allow(ODataQuery.SelectOption);
        var select = call.Query.Select(call.Model.Edm, call.Model.Types.Audience, call.Model.Audiences);
        await ODataResponder.WriteEntityAsync(
            call, call.Model.Audiences, call.Model.Types.Audience, RowOf(call, audience).ToEntity("Lurm.Audience", Selection.Of(select)), select);
    }

    private static async Task MembersAsync(ODataCall call, AudienceInfo audience)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.SkipTokenOption, ODataQuery.TopOption, ODataQuery.CountOption);
        call.Caller.Require(LurmRole.Read);
        CheckFloors(call, audience);
        var from = call.Query.SkipToken is { } token ? RankOf(call, token, audience) : 0;
        int? nextRank = null;
        var members = call.PageSize == 0 ? [] : call.Lurm.ReadAudience(audience.Id, from, call.PageSize, out nextRank);
        var left = call.Query.Top - call.PageSize;
        var next = nextRank is { } rank && left is null or > 0
            ? new Uri(call.ServiceRoot, $"{Entity.AddressOf("Audiences", audience.Id)}/Members?{call.Query.Next(string.Create(CultureInfo.InvariantCulture, $"{rank}:{audience.AsOf.UtcTicks}"), left)}")
            : null;
        var source = ((NavigationPropertySegment)call.Path.LastSegment).NavigationSource;
        var rows = members.Select(member => new Entity(Entity.Complex("Lurm.AudienceMember", ("Id", member.Id), ("Score", member.Score))));
        await ODataResponder.WriteSetAsync(call, source, call.Model.Types.AudienceMember, rows, null, call.Query.Count ? audience.MemberCount : null, next);
    }

    /// <summary>The rank that a next link goes on from; a link from before a refresh would mix two rankings.</summary>
    private static int RankOf(ODataCall call, string token, AudienceInfo audience)
    {
        var parts = token.Split(':');
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var asOf))
        {
            throw call.Query.WrongSkipToken();
        }

        return asOf == audience.AsOf.UtcTicks
            ? rank
            : throw ApiException.Invalid($"Audience '{audience.Id}' was refreshed since this page's link was made; begin again at its first page.", ODataQuery.SkipTokenOption);
    }

    /// <summary>Streams all members, page by page of the store: CSV by default, NDJSON where asked.</summary>
    private static async Task ExportAsync(ODataCall call, AudienceInfo audience, OperationSegment operation)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow();
        call.Caller.Require(LurmRole.Read);
        CheckFloors(call, audience);
        var format = (operation.Parameters.SingleOrDefault(parameter => parameter.Name == "format")?.Value as ConstantNode)?.Value as string ?? "csv";
        if (format is not ("csv" or "ndjson"))
        {
            throw ApiException.Invalid($"'format' is '{format}'; expected csv or ndjson.", "format");
        }

        var response = call.Http.Response;
        response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
        await using var writer = new StreamWriter(response.Body, leaveOpen: true);
        if (format == "csv")
        {
            await writer.WriteAsync("user_id,score\n");
        }

        int? from = 0;
        while (from is { } rank)
        {
            call.Aborted.ThrowIfCancellationRequested();
            foreach (var member in call.Lurm.ReadAudience(audience.Id, rank, ExportPage, out from))
            {
                await writer.WriteAsync(format == "csv"
                    ? string.Create(CultureInfo.InvariantCulture, $"{MemberFile.CsvField(member.Id)},{member.Score}\n")
                    : JsonSerializer.Serialize(new { id = member.Id, score = member.Score }) + "\n");
            }

            await writer.FlushAsync(call.Aborted);
        }
    }

    private async Task SaveAsync(ODataCall call)
    {
        call.Allow(HttpMethods.Post);
        call.Query.Allow();
        call.Caller.Require(LurmRole.Read);
        using var body = await ActionBody.ReadAsync(call.Http, [.. OwnParameters, .. LookalikeBody.Parameters]);
        var id = body.Text("id") ?? throw ApiException.Invalid("'id' is missing; expected the new audience's id.", "id");
        var query = LookalikeBody.Read(body, call.Options);
        var refreshesItself = body.Flag("refreshesItself");
        var (lurm, options) = (call.Lurm, call.Options);
        var audience = await heavy.RunAsync(
            cancellationToken =>
            {
                // Checked first, so that an audience that stands is not replaced by one that is refused.
                LookalikeHandler.CheckFloors(lurm.Lookalike(query, cancellationToken), options);
                return lurm.SaveAudience(id, query, refreshesItself, cancellationToken);
            },
            call.Aborted);
        await WriteAsync(call, audience);
    }

    private async Task RefreshAsync(ODataCall call, AudienceInfo audience)
    {
        call.Allow(HttpMethods.Post);
        call.Query.Allow();
        call.Caller.Require(LurmRole.Read);
        var lurm = call.Lurm;
        await WriteAsync(call, await heavy.RunAsync(cancellationToken => lurm.RefreshAudience(audience.Id, cancellationToken), call.Aborted));
    }
}
