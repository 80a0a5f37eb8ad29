using System.Collections.Immutable;
using Lurm.Store.Attributes;
using Lurm.Store.Filters;

namespace Lurm.Store;

/// <summary>Which users a query is about: an immutable tree, parsed from OData <c>$filter</c> text or built in code.</summary>
/// <remarks>
/// The subset: <c>eq ne lt le gt ge</c> between a property and a constant, <c>and or not</c>, <c>in (…)</c>, <c>contains startswith endswith</c>,
/// <c>null</c>, and <c>Lurm.HasInterest(interest=17,months=3)</c>. Properties are the user's attributes and the built-in
/// <c>Id FirstSeen LastSeen EventCount PeriodCount ItemCount</c>; they are looked up when the filter runs, and one that nobody has is
/// <see cref="StoreFault.Invalid"/> then. A missing value equals <c>null</c> and nothing else; every comparison is true or false, so
/// <c>not (Age gt 30)</c> holds for a user without an age. Two filters are equal where their texts are.
/// </remarks>
public sealed class UserFilter : IEquatable<UserFilter>
{
    /// <summary>The longest text, in characters, given or written out.</summary>
    public const int MaxCharacters = 4_096;

    /// <summary>The most nodes of a tree; a comparison, an <c>in</c>, an <c>and</c> of any length are one each.</summary>
    public const int MaxNodes = 100;

    /// <summary>The deepest tree, in nodes from the root to a leaf.</summary>
    public const int MaxDepth = 20;

    private readonly string _text;

    private UserFilter(FilterNode root)
    {
        (var nodes, var depth) = Measure(root);
        RefuseAbove(MaxNodes, nodes, "nodes");
        RefuseAbove(MaxDepth, depth, "levels");
        _text = FilterText.Write(root);
        RefuseAbove(MaxCharacters, _text.Length, "characters");
        Root = root;
    }

    /// <summary>Whether it asks for interests. Such a filter reads the history of every user whom its other terms do not settle: seconds for a million users, where others take milliseconds.</summary>
    public bool ReadsHistories => AsksForInterests(Root);

    internal FilterNode Root { get; }

    /// <summary>Reads the text of an OData <c>$filter</c>.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Invalid"/>: it does not parse, leaves the subset or breaks a bound; the message names the token.</exception>
    public static UserFilter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        RefuseAbove(MaxCharacters, text.Length, "characters");
        return new UserFilter(FilterParser.Parse(text));
    }

    /// <summary>Compares a property with a constant: text, a number, a boolean, a date, or null (with <c>Equal</c> and <c>NotEqual</c>).</summary>
    public static UserFilter Where(string property, FilterOperator comparison, object? value)
    {
        AttributeName.ThrowIfInvalid(property);
        return new UserFilter(Compare(property, comparison, Constant(property, value)));
    }

    /// <summary>True of users whose property is one of <paramref name="values"/>, which may hold null.</summary>
    public static UserFilter In(string property, IEnumerable<object?> values)
    {
        AttributeName.ThrowIfInvalid(property);
        ArgumentNullException.ThrowIfNull(values);
        return new UserFilter(OneOf(property, [.. values.Select(value => Constant(property, value))]));
    }

    /// <summary>True of users whose property holds <paramref name="text"/> anywhere; case counts.</summary>
    public static UserFilter Contains(string property, string text) => OfMatch(property, TextMatch.Contains, text);

    /// <summary>True of users whose property starts with <paramref name="text"/>; case counts.</summary>
    public static UserFilter StartsWith(string property, string text) => OfMatch(property, TextMatch.StartsWith, text);

    /// <summary>True of users whose property ends with <paramref name="text"/>; case counts.</summary>
    public static UserFilter EndsWith(string property, string text) => OfMatch(property, TextMatch.EndsWith, text);

    /// <summary>True of users with an event of <paramref name="interest"/>, of the active model, at any time or in the last <paramref name="months"/> months.</summary>
    /// <param name="interest">The interest's number.</param>
    /// <param name="months">Calendar months, counted back from the newest period in the database and including it; 1 to 1,200.</param>
    public static UserFilter HasInterest(int interest, int? months = null) => new(Interest(interest, months));

    /// <summary>The opposite of <paramref name="filter"/>.</summary>
    public static UserFilter Not(UserFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new UserFilter(new FilterNode.Not(filter.Root));
    }

    /// <summary>Both.</summary>
    public UserFilter And(UserFilter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new UserFilter(All(Root, other.Root));
    }

    /// <summary>Either.</summary>
    public UserFilter Or(UserFilter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new UserFilter(Any(Root, other.Root));
    }

    /// <summary>The text that parses to this filter.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(UserFilter? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UserFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    internal static UserFilter Of(FilterNode root) => new(root);

    internal static FilterNode All(FilterNode left, FilterNode right) =>
        new FilterNode.And([.. left is FilterNode.And a ? a.Operands : [left], .. right is FilterNode.And b ? b.Operands : [right]]);

    internal static FilterNode Any(FilterNode left, FilterNode right) =>
        new FilterNode.Or([.. left is FilterNode.Or a ? a.Operands : [left], .. right is FilterNode.Or b ? b.Operands : [right]]);

    internal static FilterNode Compare(string property, FilterOperator comparison, AttributeValue? value)
    {
        if (value?.Type is null or AttributeType.Boolean && comparison is not (FilterOperator.Equal or FilterOperator.NotEqual))
        {
            throw Invalid($"'{property} {FilterText.Name(comparison)} {FilterText.Write(value)}': {FilterText.Write(value)} has no order; expected eq or ne");
        }

        return new FilterNode.Comparison(property, comparison, value);
    }

    internal static FilterNode OneOf(string property, ImmutableArray<AttributeValue?> values)
    {
        if (values.IsEmpty)
        {
            throw Invalid($"'{property} in ()': expected at least one value in the list");
        }

        var types = values.Where(value => value is not null).Select(value => value!.Value.Type).Distinct().ToArray();
        if (types.Length > 1)
        {
            throw Invalid($"'{property} in (…)': the list mixes {types[0]} and {types[1]} values; expected one type");
        }

        return new FilterNode.In(property, values);
    }

    internal static FilterNode Interest(int interest, int? months) => (interest, months) switch
    {
        ( < 0, _) => throw Invalid($"Lurm.HasInterest: interest is {interest}; expected 0 or more"),
        (_, < 1 or > 1_200) => throw Invalid($"Lurm.HasInterest: months is {months}; expected 1 to 1,200"),
        _ => new FilterNode.HasInterest(interest, months),
    };

    internal static StoreException Invalid(string what) => new(StoreFault.Invalid, $"The filter was refused: {what}.");

    private static UserFilter OfMatch(string property, TextMatch kind, string text)
    {
        AttributeName.ThrowIfInvalid(property);
        ArgumentNullException.ThrowIfNull(text);
        return new UserFilter(new FilterNode.Match(property, kind, Constant(property, text)!.Value.Text));
    }

    private static AttributeValue? Constant(string property, object? value)
    {
        if (value is null)
        {
            return null;
        }

        return AttributeValue.TryCreate(value, out var constant, out var reason)
            ? constant
            : throw Invalid($"the constant compared with '{property}' {reason}");
    }

    private static bool AsksForInterests(FilterNode node) => node is FilterNode.HasInterest || Children(node).Any(AsksForInterests);

    private static ImmutableArray<FilterNode> Children(FilterNode node) => node switch
    {
        FilterNode.And and => and.Operands,
        FilterNode.Or or => or.Operands,
        FilterNode.Not not => [not.Operand],
        _ => [],
    };

    private static (int Nodes, int Depth) Measure(FilterNode node)
    {
        var (nodes, depth) = (1, 0);
        foreach (var child in Children(node))
        {
            var below = Measure(child);
            nodes += below.Nodes;
            depth = Math.Max(depth, below.Depth);
        }

        return (nodes, depth + 1);
    }

    private static void RefuseAbove(int limit, int found, string unit)
    {
        if (found > limit)
        {
            throw Invalid($"it has {found} {unit}; expected at most {limit}. Split it, or store the choice as an attribute");
        }
    }
}
