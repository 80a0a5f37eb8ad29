using Microsoft.OData.Edm;

namespace Lurm.Api.OData;

/// <summary>The model's functions and actions, all bound.</summary>
internal sealed class LurmOperations
{
    /// <summary>The result is of the set that the call is bound to.</summary>
    private static readonly EdmPathExpression SameSet = new("bindingParameter");

    private readonly EdmModel _model;

    public LurmOperations(EdmModel model, LurmTypes types)
    {
        _model = model;
        var user = new EdmEntityTypeReference(types.User, isNullable: false);
        var allUsers = LurmTypes.CollectionOf(types.User);
        var text = EdmCoreModel.Instance.GetString(isNullable: true);
        var number = EdmCoreModel.Instance.GetDouble(isNullable: true);
        var count = EdmCoreModel.Instance.GetInt32(isNullable: true);
        var flag = EdmCoreModel.Instance.GetBoolean(isNullable: true);
        var ids = LurmTypes.CollectionOf(EdmPrimitiveTypeKind.String);
        var lookalikeResult = new EdmComplexTypeReference(types.LookalikeResult, isNullable: false);

        Similar = Function("Similar", LurmTypes.CollectionOf(types.ScoredUser), user, isComposable: true, SameSet);
        Similar.AddParameter("k", EdmCoreModel.Instance.GetInt32(isNullable: false));
        HasInterest = Function("HasInterest", EdmCoreModel.Instance.GetBoolean(isNullable: false), user, isComposable: false);
        HasInterest.AddParameter("interest", EdmCoreModel.Instance.GetInt32(isNullable: false));
        HasInterest.AddOptionalParameter("months", count);
        Export = Function("Export", EdmCoreModel.Instance.GetStream(isNullable: false), user, isComposable: false);

        SimilarTo = Action("SimilarTo", LurmTypes.CollectionOf(types.ScoredUser), allUsers, SameSet);
        SimilarTo.AddOptionalParameter("user", text);
        SimilarTo.AddOptionalParameter("events", LurmTypes.CollectionOf(types.Event));
        SimilarTo.AddOptionalParameter("vector", LurmTypes.CollectionOf(EdmPrimitiveTypeKind.Single));
        SimilarTo.AddOptionalParameter("k", count);
        SimilarTo.AddOptionalParameter("filter", text);
        SimilarTo.AddOptionalParameter("minScore", number);
        SimilarTo.AddOptionalParameter("anchorWeights", LurmTypes.CollectionOf(EdmPrimitiveTypeKind.Single));
        SimilarTo.AddOptionalParameter("respect", LurmTypes.CollectionOf(EdmPrimitiveTypeKind.Int32));
        SimilarTo.AddOptionalParameter("recent", flag);
        SimilarTo.AddOptionalParameter("explain", flag);

        Lookalike = Action("Lookalike", lookalikeResult, allUsers);
        AddLookalikeParameters(Lookalike, types);

        Erase = Action("Erase", new EdmComplexTypeReference(EraseReport(model), isNullable: false), allUsers);
        Erase.AddOptionalParameter("users", ids);
        Erase.AddOptionalParameter("filter", text);
        Erase.AddOptionalParameter("allowReturn", flag);

        var audience = new EdmEntityTypeReference(types.Audience, isNullable: false);
        Save = Action("Save", audience, LurmTypes.CollectionOf(types.Audience), SameSet);
        Save.AddParameter("id", EdmCoreModel.Instance.GetString(isNullable: false));
        AddLookalikeParameters(Save, types);
        Save.AddOptionalParameter("refreshesItself", flag);
        Refresh = Action("Refresh", audience, audience, SameSet);
        AudienceExport = Function("Export", EdmCoreModel.Instance.GetStream(isNullable: false), audience, isComposable: false);
        AudienceExport.AddOptionalParameter("format", text);
        Cancel = Action("Cancel", null, new EdmEntityTypeReference(types.Operation, isNullable: false));
    }

    public EdmFunction Similar { get; }

    public EdmFunction HasInterest { get; }

    public EdmFunction Export { get; }

    public EdmAction SimilarTo { get; }

    public EdmAction Lookalike { get; }

    public EdmAction Erase { get; }

    public EdmAction Save { get; }

    public EdmAction Refresh { get; }

    public EdmFunction AudienceExport { get; }

    public EdmAction Cancel { get; }

    /// <summary>What <c>Lurm.Lookalike</c> and <c>Lurm.Save</c> both take.</summary>
    private static void AddLookalikeParameters(EdmAction action, LurmTypes types)
    {
        var text = EdmCoreModel.Instance.GetString(isNullable: true);
        var number = EdmCoreModel.Instance.GetDouble(isNullable: true);
        var flag = EdmCoreModel.Instance.GetBoolean(isNullable: true);
        var ids = LurmTypes.CollectionOf(EdmPrimitiveTypeKind.String);
        action.AddOptionalParameter("seeds", ids);
        action.AddOptionalParameter("seedFilter", text);
        action.AddOptionalParameter("audienceId", text);
        action.AddOptionalParameter("size", EdmCoreModel.Instance.GetInt64(isNullable: true));
        action.AddOptionalParameter("percent", number);
        action.AddOptionalParameter("band", new EdmComplexTypeReference(types.Band, isNullable: true));
        action.AddOptionalParameter("minScore", number);
        action.AddOptionalParameter("method", text);
        action.AddOptionalParameter("filter", text);
        action.AddOptionalParameter("exclude", ids);
        action.AddOptionalParameter("includeSeeds", flag);
        action.AddOptionalParameter("explain", flag);
        action.AddOptionalParameter("seed", EdmCoreModel.Instance.GetInt32(isNullable: true));
    }

    private static EdmComplexType EraseReport(EdmModel model)
    {
        var type = new EdmComplexType(LurmModel.Namespace, "EraseReport");
        type.AddStructuralProperty("Users", EdmPrimitiveTypeKind.Int64, isNullable: false);
        type.AddStructuralProperty("UnknownIds", EdmPrimitiveTypeKind.Int64, isNullable: false);
        type.AddStructuralProperty("IsFinished", EdmPrimitiveTypeKind.Boolean, isNullable: false);
        model.AddElement(type);
        return type;
    }

    private EdmFunction Function(string name, IEdmTypeReference returns, IEdmTypeReference boundTo, bool isComposable, IEdmPathExpression? entitySet = null)
    {
        var function = new EdmFunction(LurmModel.Namespace, name, returns, isBound: true, entitySet, isComposable);
        function.AddParameter("bindingParameter", boundTo);
        _model.AddElement(function);
        return function;
    }

    private EdmAction Action(string name, IEdmTypeReference? returns, IEdmTypeReference boundTo, IEdmPathExpression? entitySet = null)
    {
        var action = new EdmAction(LurmModel.Namespace, name, returns, isBound: true, entitySet);
        action.AddParameter("bindingParameter", boundTo);
        _model.AddElement(action);
        return action;
    }
}
