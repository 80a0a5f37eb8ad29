using Microsoft.OData.Edm;
using Microsoft.OData.Edm.Csdl;
using Microsoft.OData.Edm.Vocabularies;
using Microsoft.OData.Edm.Vocabularies.V1;

namespace Lurm.Api.OData;

/// <summary>Says in <c>$metadata</c>, in the words of Org.OData.Capabilities.V1, what each set can do.</summary>
internal static class LurmCapabilities
{
    private const string Terms = "Org.OData.Capabilities.V1.";

    public static void Annotate(LurmModel model)
    {
        foreach (var set in model.Edm.EntityContainer.EntitySets())
        {
            var isUsers = set == model.Users;
            Tag(model.Edm, set, "TopSupported", true);
            Tag(model.Edm, set, "SkipSupported", true);
            Tag(model.Edm, set, "CountRestrictions", ("Countable", true));
            Tag(model.Edm, set, "ExpandRestrictions", ("Expandable", false));
            Tag(model.Edm, set, "SearchRestrictions", ("Searchable", false));
            Tag(model.Edm, set, "InsertRestrictions", ("Insertable", false));
            Tag(model.Edm, set, "UpdateRestrictions", ("Updatable", isUsers), ("Upsertable", isUsers));
            Tag(model.Edm, set, "DeleteRestrictions", ("Deletable", isUsers || set == model.Operations || set == model.Audiences));
        }

        // What no filter or order can name.
        var vector = model.Types.User.FindProperty(LurmTypes.Representation);
        Restrict(model.Edm, model.Users, "FilterRestrictions", "NonFilterableProperties", vector.Name);
        Restrict(model.Edm, model.Users, "SortRestrictions", "NonSortableProperties", vector.Name);
        Functions(model);
    }

    private static void Functions(LurmModel model)
    {
        var supported = new EdmCollectionExpression(((string[])["contains", "startswith", "endswith", "Lurm.HasInterest"]).Select(name => new EdmStringConstant(name)));
        Set(model.Edm, model.Users, "FilterFunctions", supported);
    }

    private static void Restrict(EdmModel model, IEdmEntitySet set, string term, string property, params string[] names) =>
        Set(model, set, term, new EdmRecordExpression(new EdmPropertyConstructor(property, new EdmCollectionExpression(names.Select(name => new EdmPropertyPathExpression(name))))));

    private static void Tag(EdmModel model, IEdmEntitySet set, string term, bool value) => Set(model, set, term, new EdmBooleanConstant(value));

    private static void Tag(EdmModel model, IEdmEntitySet set, string term, params (string Name, bool Value)[] values) =>
        Set(model, set, term, new EdmRecordExpression(values.Select(value => new EdmPropertyConstructor(value.Name, new EdmBooleanConstant(value.Value)))));

    private static void Set(EdmModel model, IEdmEntitySet set, string term, IEdmExpression value)
    {
        var annotation = new EdmVocabularyAnnotation(set, CapabilitiesVocabularyModel.Instance.FindDeclaredTerm(Terms + term), value);
        annotation.SetSerializationLocation(model, EdmVocabularyAnnotationSerializationLocation.Inline);
        model.SetVocabularyAnnotation(annotation);
    }
}
