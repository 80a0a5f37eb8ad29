using Lurm.Api.Security;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>Sends a parsed request to what answers it.</summary>
internal sealed class ODataDispatcher(CatalogCache items, LookalikeHandler lookalike, AudiencesHandler audiences, CatalogHandler catalog, OperationsHandler operations)
{
    /// <summary>Answers <paramref name="call"/>; the name of what was done is for metrics and holds no key.</summary>
    public async Task<string> DispatchAsync(ODataCall call)
    {
        if (SimilarTarget.TryParse(call.Target, out var id, out var k))
        {
            await SimilarHandler.SimilarAsync(call, id, k);
            return "Users(id)/Lurm.Similar";
        }

        var segments = call.Path.ToArray();
        switch (segments)
        {
            case []:
                call.Allow(HttpMethods.Get);
                call.Query.Allow();
                await ODataResponder.WriteAsync(call, null, StatusCodes.Status200OK, writer => writer.WriteServiceDocument(ServiceDocument(call.Model)));
                return "ServiceDocument";
            case [MetadataSegment]:
                call.Allow(HttpMethods.Get);
                call.Query.Allow();
                await ODataResponder.WriteAsync(call, null, StatusCodes.Status200OK, writer => writer.WriteMetadataDocument());
                return "$metadata";
            case [EntitySetSegment { EntitySet.Name: "Users" }, .. var rest]:
                return "Users" + await UsersAsync(call, rest);
            case [EntitySetSegment { EntitySet.Name: "Audiences" }, .. var rest]:
                return "Audiences" + await audiences.HandleAsync(call, rest);
            case [EntitySetSegment { EntitySet.Name: "Operations" }, .. var rest]:
                return "Operations" + await operations.HandleAsync(call, rest);
            case [EntitySetSegment { EntitySet.Name: var name }, .. var rest]:
                call.Caller.Require(LurmRole.Read);
                await catalog.HandleAsync(call, name, rest);
                return name;
            default:
                throw ApiException.NotFound($"'{call.Http.Request.Path}' is not something this service answers; see $metadata.");
        }
    }

    private async Task<string> UsersAsync(ODataCall call, ODataPathSegment[] rest)
    {
        switch (rest)
        {
            case []:
                await UsersHandler.ListAsync(call);
                return string.Empty;
            case [CountSegment]:
                await UsersHandler.CountAsync(call);
                return "/$count";
            case [KeySegment key]:
                await UsersHandler.OneAsync(call, KeyOf(key));
                return "(id)";
            case [KeySegment key, NavigationPropertySegment { NavigationProperty.Name: LurmTypes.Periods }]:
                await UsersHandler.PeriodsAsync(call, items, KeyOf(key));
                return "(id)/Periods";
            case [KeySegment key, PropertySegment property, .. var tail]:
                await UsersHandler.PropertyAsync(call, KeyOf(key), property.Property, tail);
                return "(id)/property";
            case [KeySegment key, OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.Similar:
                await SimilarHandler.SimilarAsync(call, KeyOf(key), SimilarHandler.KOf(operation));
                return "(id)/Lurm.Similar";
            case [KeySegment key, OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.Export:
                await UsersHandler.ExportAsync(call, KeyOf(key));
                return "(id)/Lurm.Export";
            case [OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.SimilarTo:
                await SimilarHandler.SimilarToAsync(call);
                return "/Lurm.SimilarTo";
            case [OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.Lookalike:
                await lookalike.HandleAsync(call);
                return "/Lurm.Lookalike";
            case [OperationSegment operation] when operation.Operations.Single() == call.Model.Calls.Erase:
                await UsersHandler.EraseAsync(call);
                return "/Lurm.Erase";
            default:
                throw ApiException.NotFound($"'{call.Http.Request.Path}' is not something this service answers; see $metadata.");
        }
    }

    private static string KeyOf(KeySegment segment) => (string)segment.Keys.Single().Value;

    private static ODataServiceDocument ServiceDocument(LurmModel model) => new()
    {
        EntitySets = model.Edm.EntityContainer.Elements.OfType<Microsoft.OData.Edm.IEdmEntitySet>()
            .Select(set => new ODataEntitySetInfo { Name = set.Name, Title = set.Name, Url = new Uri(set.Name, UriKind.Relative) })
            .ToArray(),
    };
}
