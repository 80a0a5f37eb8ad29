using Microsoft.OData.Edm;

namespace Lurm.Store.Filters;

/// <summary>What the OData parser knows of users: nothing but the functions; every property is open, so that our own binding names the one that is unknown.</summary>
internal static class FilterModel
{
    public const string HasInterest = "Lurm.HasInterest";
    public const string Interest = "interest";
    public const string Months = "months";

    public static readonly EdmEntityType User = new("Lurm", "User", baseType: null, isAbstract: false, isOpen: true);

    public static readonly EdmModel Model = new();

    public static readonly EdmEntitySet Users;

    static FilterModel()
    {
        Model.AddElement(User);
        AddHasInterest(Interest);
        AddHasInterest(Interest, Months);
        var container = new EdmEntityContainer("Lurm", "Filters");
        Users = container.AddEntitySet("Users", User);
        Model.AddElement(container);
    }

    private static void AddHasInterest(params ReadOnlySpan<string> parameters)
    {
        var function = new EdmFunction("Lurm", "HasInterest", EdmCoreModel.Instance.GetBoolean(isNullable: false), isBound: true, entitySetPathExpression: null, isComposable: false);
        function.AddParameter("user", new EdmEntityTypeReference(User, isNullable: false));
        foreach (var parameter in parameters)
        {
            function.AddParameter(parameter, EdmCoreModel.Instance.GetInt32(isNullable: false));
        }

        Model.AddElement(function);
    }
}
