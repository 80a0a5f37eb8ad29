using Lurm.Store;
using Microsoft.OData.Edm;

namespace Lurm.Api.OData;

/// <summary>The structured types of the model.</summary>
internal sealed class LurmTypes
{
    /// <summary>The user's vector: there, but given only where <c>$select</c> names it.</summary>
    public const string Representation = "Representation";

    public const string Score = "Score";

    public const string SharedInterests = "SharedInterests";

    public const string Periods = "Periods";

    private readonly EdmModel _model;

    public LurmTypes(EdmModel model, IReadOnlyList<AttributeDefinition> attributes)
    {
        _model = model;
        SharedInterest = Complex("SharedInterest");
        Primitive(SharedInterest, "Interest", EdmPrimitiveTypeKind.Int32);
        Primitive(SharedInterest, "Label", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(SharedInterest, "Weight", EdmPrimitiveTypeKind.Double);

        PeriodItem = Complex("PeriodItem");
        Primitive(PeriodItem, "Item", EdmPrimitiveTypeKind.String);
        Primitive(PeriodItem, "Title", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(PeriodItem, "Kind", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(PeriodItem, "Count", EdmPrimitiveTypeKind.Double);

        Period = Entity("Period", "Start", EdmPrimitiveTypeKind.Date);
        Primitive(Period, "Events", EdmPrimitiveTypeKind.Double);
        Period.AddStructuralProperty("Items", CollectionOf(PeriodItem));

        User = Entity("User", "Id", EdmPrimitiveTypeKind.String);
        Primitive(User, "FirstSeen", EdmPrimitiveTypeKind.DateTimeOffset, isNullable: true);
        Primitive(User, "LastSeen", EdmPrimitiveTypeKind.DateTimeOffset, isNullable: true);
        Primitive(User, "EventCount", EdmPrimitiveTypeKind.Int64);
        Primitive(User, "PeriodCount", EdmPrimitiveTypeKind.Int32);
        Primitive(User, "ItemCount", EdmPrimitiveTypeKind.Int32);
        foreach (var attribute in attributes)
        {
            Primitive(User, attribute.Name, KindOf(attribute.Type), isNullable: true);
        }

        User.AddStructuralProperty(Representation, CollectionOf(EdmPrimitiveTypeKind.Single));
        User.AddUnidirectionalNavigation(new EdmNavigationPropertyInfo
        {
            Name = Periods,
            Target = Period,
            TargetMultiplicity = EdmMultiplicity.Many,
            ContainsTarget = true,
        });

        ScoredUser = new EdmEntityType(LurmModel.Namespace, "ScoredUser", User);
        Primitive(ScoredUser, Score, EdmPrimitiveTypeKind.Single);
        ScoredUser.AddStructuralProperty(SharedInterests, CollectionOf(SharedInterest));
        model.AddElement(ScoredUser);

        Member = Complex("Member");
        Primitive(Member, "Id", EdmPrimitiveTypeKind.String);
        Primitive(Member, Score, EdmPrimitiveTypeKind.Single);

        CurvePoint = Complex("CurvePoint");
        Primitive(CurvePoint, "Percent", EdmPrimitiveTypeKind.Double);
        Primitive(CurvePoint, "Members", EdmPrimitiveTypeKind.Int64);
        Primitive(CurvePoint, Score, EdmPrimitiveTypeKind.Double);

        TopInterest = Complex("TopInterest");
        Primitive(TopInterest, "Interest", EdmPrimitiveTypeKind.Int32);
        Primitive(TopInterest, "Label", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(TopInterest, "LogOdds", EdmPrimitiveTypeKind.Double);

        LookalikeResult = Complex("LookalikeResult");
        LookalikeResult.AddStructuralProperty("Members", CollectionOf(Member));
        Primitive(LookalikeResult, "MemberCount", EdmPrimitiveTypeKind.Int64);
        Primitive(LookalikeResult, "MatchedSeeds", EdmPrimitiveTypeKind.Int64);
        Primitive(LookalikeResult, "UnmatchedSeeds", EdmPrimitiveTypeKind.Int64);
        LookalikeResult.AddStructuralProperty("UnmatchedSeedIds", CollectionOf(EdmPrimitiveTypeKind.String));
        LookalikeResult.AddStructuralProperty("RelevanceCurve", CollectionOf(CurvePoint));
        LookalikeResult.AddStructuralProperty("TopInterests", CollectionOf(TopInterest));
        Primitive(LookalikeResult, "Method", EdmPrimitiveTypeKind.String);
        Primitive(LookalikeResult, "ModelId", EdmPrimitiveTypeKind.String);
        Primitive(LookalikeResult, "AsOf", EdmPrimitiveTypeKind.DateTimeOffset);
        LookalikeResult.AddStructuralProperty("Warnings", CollectionOf(EdmPrimitiveTypeKind.String));

        Band = Complex("Band");
        Primitive(Band, "from", EdmPrimitiveTypeKind.Double);
        Primitive(Band, "to", EdmPrimitiveTypeKind.Double);

        // Attributes ride along wherever events do; a query has no use for them, so they are of any name and type.
        EventAttributes = new EdmComplexType(LurmModel.Namespace, "EventAttributes", null, isAbstract: false, isOpen: true);
        model.AddElement(EventAttributes);

        Event = Complex("Event");
        Primitive(Event, "user", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(Event, "item", EdmPrimitiveTypeKind.String);
        Primitive(Event, "time", EdmPrimitiveTypeKind.DateTimeOffset);
        Primitive(Event, "kind", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(Event, "weight", EdmPrimitiveTypeKind.Double, isNullable: true);
        Primitive(Event, "title", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(Event, "category", EdmPrimitiveTypeKind.String, isNullable: true);
        Event.AddStructuralProperty("attributes", new EdmComplexTypeReference(EventAttributes, isNullable: true));

        AudienceMember = Entity("AudienceMember", "Id", EdmPrimitiveTypeKind.String);
        Primitive(AudienceMember, Score, EdmPrimitiveTypeKind.Single);
        Audience = Entity("Audience", "Id", EdmPrimitiveTypeKind.String);
        Primitive(Audience, "MemberCount", EdmPrimitiveTypeKind.Int64);
        Primitive(Audience, "MatchedSeeds", EdmPrimitiveTypeKind.Int64);
        Primitive(Audience, "UnmatchedSeeds", EdmPrimitiveTypeKind.Int64);
        Primitive(Audience, "Method", EdmPrimitiveTypeKind.String);
        Primitive(Audience, "Size", EdmPrimitiveTypeKind.String);
        Primitive(Audience, "Filter", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(Audience, "RefreshesItself", EdmPrimitiveTypeKind.Boolean);
        Primitive(Audience, "ModelId", EdmPrimitiveTypeKind.String);
        Primitive(Audience, "AsOf", EdmPrimitiveTypeKind.DateTimeOffset);
        Primitive(Audience, "CreatedAt", EdmPrimitiveTypeKind.DateTimeOffset);
        Audience.AddStructuralProperty("RelevanceCurve", CollectionOf(CurvePoint));
        Audience.AddStructuralProperty("TopInterests", CollectionOf(TopInterest));
        Audience.AddStructuralProperty("Warnings", CollectionOf(EdmPrimitiveTypeKind.String));
        Audience.AddUnidirectionalNavigation(new EdmNavigationPropertyInfo
        {
            Name = "Members",
            Target = AudienceMember,
            TargetMultiplicity = EdmMultiplicity.Many,
            ContainsTarget = true,
        });

        Interest = Entity("Interest", "Id", EdmPrimitiveTypeKind.Int32);
        Primitive(Interest, "Label", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(Interest, "Items", EdmPrimitiveTypeKind.Int32);

        Item = Entity("Item", "Id", EdmPrimitiveTypeKind.String);
        Primitive(Item, "Title", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(Item, "Category", EdmPrimitiveTypeKind.String, isNullable: true);
        Primitive(Item, "Interest", EdmPrimitiveTypeKind.Int32, isNullable: true);

        Model = Entity("Model", "Id", EdmPrimitiveTypeKind.String);
        Primitive(Model, "State", EdmPrimitiveTypeKind.String);
        Primitive(Model, "RegisteredAt", EdmPrimitiveTypeKind.DateTimeOffset);
        Primitive(Model, "Representations", EdmPrimitiveTypeKind.Int64);

        Operation = Entity("Operation", "Id", EdmPrimitiveTypeKind.String);
        Primitive(Operation, "Kind", EdmPrimitiveTypeKind.String);
        Primitive(Operation, "State", EdmPrimitiveTypeKind.String);
        Primitive(Operation, "CreatedAt", EdmPrimitiveTypeKind.DateTimeOffset);
        Primitive(Operation, "FinishedAt", EdmPrimitiveTypeKind.DateTimeOffset, isNullable: true);
        Primitive(Operation, "Error", EdmPrimitiveTypeKind.String, isNullable: true);
        Operation.AddStructuralProperty("Result", new EdmComplexTypeReference(LookalikeResult, isNullable: true));
        Operation.AddUnidirectionalNavigation(new EdmNavigationPropertyInfo
        {
            Name = "Members",
            Target = AudienceMember,
            TargetMultiplicity = EdmMultiplicity.Many,
            ContainsTarget = true,
        });
    }

    public EdmEntityType User { get; }

    public EdmEntityType ScoredUser { get; }

    public EdmEntityType Period { get; }

    public EdmEntityType Audience { get; }

    public EdmEntityType AudienceMember { get; }

    public EdmEntityType Interest { get; }

    public EdmEntityType Item { get; }

    public EdmEntityType Model { get; }

    public EdmEntityType Operation { get; }

    public EdmComplexType PeriodItem { get; }

    public EdmComplexType SharedInterest { get; }

    public EdmComplexType Member { get; }

    public EdmComplexType CurvePoint { get; }

    public EdmComplexType TopInterest { get; }

    public EdmComplexType LookalikeResult { get; }

    public EdmComplexType Band { get; }

    public EdmComplexType Event { get; }

    public EdmComplexType EventAttributes { get; }

    public static IEdmTypeReference CollectionOf(EdmPrimitiveTypeKind kind) =>
        EdmCoreModel.GetCollection(EdmCoreModel.Instance.GetPrimitive(kind, isNullable: false));

    public static IEdmTypeReference CollectionOf(IEdmComplexType type) =>
        EdmCoreModel.GetCollection(new EdmComplexTypeReference(type, isNullable: false));

    public static IEdmTypeReference CollectionOf(IEdmEntityType type) =>
        EdmCoreModel.GetCollection(new EdmEntityTypeReference(type, isNullable: false));

    private static EdmPrimitiveTypeKind KindOf(AttributeType type) => type switch
    {
        AttributeType.String => EdmPrimitiveTypeKind.String,
        AttributeType.Number => EdmPrimitiveTypeKind.Double,
        AttributeType.Boolean => EdmPrimitiveTypeKind.Boolean,
        _ => EdmPrimitiveTypeKind.DateTimeOffset,
    };

    private static void Primitive(EdmStructuredType type, string name, EdmPrimitiveTypeKind kind, bool isNullable = false) =>
        type.AddStructuralProperty(name, kind, isNullable);

    private EdmEntityType Entity(string name, string key, EdmPrimitiveTypeKind keyKind)
    {
        var type = new EdmEntityType(LurmModel.Namespace, name);
        type.AddKeys(type.AddStructuralProperty(key, keyKind, isNullable: false));
        _model.AddElement(type);
        return type;
    }

    private EdmComplexType Complex(string name)
    {
        var type = new EdmComplexType(LurmModel.Namespace, name);
        _model.AddElement(type);
        return type;
    }
}
