using System.Globalization;
using Lurm.Api.Operations;
using Lurm.Api.Security;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>The entity set <c>Operations</c>: what runs or ran, its result, its members, and how to cancel it.</summary>
internal sealed class OperationsHandler(OperationRegistry operations)
{
    public async Task<string> HandleAsync(ODataCall call, ODataPathSegment[] rest)
    {
        call.Caller.Require(LurmRole.Aggregate);
        switch (rest)
        {
            case []:
                await RowSets.WriteAsync(call, call.Model.Operations, call.Model.Types.Operation, operations.Visible(call.Caller).Select(RowOf));
                return string.Empty;
            case [KeySegment key]:
                await OneAsync(call, operations.Find(KeyOf(key), call.Caller));
                return "(id)";
            case [KeySegment key, NavigationPropertySegment { NavigationProperty.Name: "Members" }]:
                await MembersAsync(call, operations.Find(KeyOf(key), call.Caller));
                return "(id)/Members";
            case [KeySegment key, OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.Cancel:
                call.Allow(HttpMethods.Post);
                operations.Find(KeyOf(key), call.Caller).Cancel();
                call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
                return "(id)/Lurm.Cancel";
            default:
                throw ApiException.NotFound($"'{call.Http.Request.Path}' is not something this service answers; see $metadata.");
        }
    }

    private static string KeyOf(KeySegment segment) => (string)segment.Keys.Single().Value;

    private static Row RowOf(Operation operation) => new(
        ("Id", operation.Id),
        ("Kind", operation.Kind),
        ("State", operation.State.ToString()),
        ("CreatedAt", operation.CreatedAt),
        ("FinishedAt", operation.FinishedAt),
        ("Error", operation.Problem?.Message));

    private async Task OneAsync(ODataCall call, Operation operation)
    {
        call.Allow(HttpMethods.Get, HttpMethods.Delete);
        if (HttpMethods.IsDelete(call.Method))
        {
            operations.Remove(operation);
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        call.Query.Allow(ODataQuery.SelectOption);
        var select = call.Query.Select(call.Model.Edm, call.Model.Types.Operation, call.Model.Operations);
        var selection = Selection.Of(select);
        if (operation.State == OperationState.Running)
        {
            call.Http.Response.Headers.RetryAfter = "1";
        }

        await ODataResponder.WriteAsync(call, select, StatusCodes.Status200OK, writer =>
        {
            var entity = writer.CreateODataResourceWriter(call.Model.Operations, call.Model.Types.Operation);
            entity.WriteStart(RowOf(operation).ToEntity("Lurm.Operation", selection).Resource);
            if (operation.Result is { } result && selection.Has("Result"))
            {
                entity.WriteStart(new ODataNestedResourceInfo { Name = "Result", IsCollection = false });
                LookalikeAnswer.Write(entity, call, result, operation, Selection.Default);
                entity.WriteEnd();
            }

            entity.WriteEnd();
        });
    }

    private static async Task MembersAsync(ODataCall call, Operation operation)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.SkipTokenOption, ODataQuery.TopOption, ODataQuery.CountOption);
        call.Caller.Require(LurmRole.Read);
        var result = operation.Result ?? throw ApiException.NotFound($"The operation '{operation.Id}' has no members: it is {operation.State}.");
        var from = 0;
        if (call.Query.SkipToken is { } token && (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out from) || from > result.Members.Count))
        {
            throw call.Query.WrongSkipToken();
        }

        var rows = LookalikeAnswer.Members(call, result, from, call.PageSize);
        foreach (var row in rows)
        {
            row.TypeName = "Lurm.AudienceMember";
        }

        var source = ((NavigationPropertySegment)call.Path.LastSegment).NavigationSource;
        var next = LookalikeAnswer.NextLink(call, operation, result, from + call.PageSize, call.Query.Top - call.PageSize);
        await ODataResponder.WriteSetAsync(call, source, call.Model.Types.AudienceMember, rows.Select(row => new Entity(row)), null, call.Query.Count ? operation.CountMembers(call.Lurm) : null, next);
    }
}
