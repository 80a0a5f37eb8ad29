using Lurm.Store;
using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary><c>$filter</c> over rows that are in memory (items, interests, models, operations, audiences); users are filtered by the database.</summary>
internal static class RowFilter
{
    private const int MaxCharacters = 4_096;
    private const int MaxDepth = 20;

    /// <summary>Makes a predicate of <paramref name="text"/>; what it does not support is refused by name.</summary>
    public static Func<Row, bool> Compile(string text, IEdmModel model, IEdmEntityType type, IEdmNavigationSource? source)
    {
        if (text.Length > MaxCharacters)
        {
            throw ApiException.Invalid($"$filter has {text.Length} characters; expected at most {MaxCharacters}.", ODataQuery.FilterOption);
        }

        var clause = new ODataQueryOptionParser(model, type, source, new Dictionary<string, string> { [ODataQuery.FilterOption] = text }).ParseFilter();
        if (Terms(clause.Expression, null) is > UserFilter.MaxNodes and var terms)
        {
            throw ApiException.Invalid($"$filter has {terms} terms; expected at most {UserFilter.MaxNodes}.", ODataQuery.FilterOption);
        }

        var value = Compile(clause.Expression, 0);
        return row => value(row) is true;
    }

    /// <summary>Orders two values of one property: nothing first, then by value; text by code point.</summary>
    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string a, string b) => string.CompareOrdinal(a, b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (bool a, bool b) => a.CompareTo(b),
        (IConvertible a, IConvertible b) => a.ToDouble(null).CompareTo(b.ToDouble(null)),
        _ => 0,
    };

    /// <summary>As <see cref="UserFilter.MaxNodes"/> counts: a comparison, a function, a <c>not</c>, an <c>and</c> of any length are one each.</summary>
    private static int Terms(QueryNode node, BinaryOperatorKind? chain) => node switch
    {
        ConvertNode convert => Terms(convert.Source, chain),
        UnaryOperatorNode not => 1 + Terms(not.Operand, null),
        BinaryOperatorNode { OperatorKind: BinaryOperatorKind.And or BinaryOperatorKind.Or } joined =>
            (joined.OperatorKind == chain ? 0 : 1) + Terms(joined.Left, joined.OperatorKind) + Terms(joined.Right, joined.OperatorKind),
        _ => 1,
    };

    /// <summary>The depth of an operand: <c>a and b and c</c> is one level, however it was parsed.</summary>
    private static int Below(BinaryOperatorNode node, QueryNode operand, int depth) =>
        node.OperatorKind is BinaryOperatorKind.And or BinaryOperatorKind.Or && operand is BinaryOperatorNode inner && inner.OperatorKind == node.OperatorKind ? depth : depth + 1;

    private static Func<Row, object?> Compile(QueryNode node, int depth)
    {
        if (depth > MaxDepth)
        {
            throw ApiException.Invalid($"$filter is nested deeper than {MaxDepth}.", ODataQuery.FilterOption);
        }

        switch (node)
        {
            case ConstantNode constant:
                return _ => constant.Value;
            case ConvertNode convert:
                return Compile(convert.Source, depth + 1);
            case SingleValuePropertyAccessNode { Source: ResourceRangeVariableReferenceNode } access:
                var name = access.Property.Name;
                return row => row[name];
            case UnaryOperatorNode { OperatorKind: UnaryOperatorKind.Not } not:
                var operand = Compile(not.Operand, depth + 1);
                return row => operand(row) is not true;
            case BinaryOperatorNode binary:
                return Compile(binary, Compile(binary.Left, Below(binary, binary.Left, depth)), Compile(binary.Right, Below(binary, binary.Right, depth)));
            case InNode { Right: CollectionConstantNode list } membership:
                var left = Compile(membership.Left, depth + 1);
                return row => left(row) is var value && list.Collection.Any(item => Compare(item.Value, value) == 0 && item.Value is null == value is null);
            case SingleValueFunctionCallNode { Name: "contains" or "startswith" or "endswith" } call:
                var parameters = call.Parameters.Select(parameter => Compile(parameter, depth + 1)).ToArray();
                return row => parameters[0](row) is string text && parameters[1](row) is string part && call.Name switch
                {
                    "contains" => text.Contains(part, StringComparison.Ordinal),
                    "startswith" => text.StartsWith(part, StringComparison.Ordinal),
                    _ => text.EndsWith(part, StringComparison.Ordinal),
                };
            case SingleValueFunctionCallNode { Name: "tolower" } call:
                var inner = Compile(call.Parameters.Single(), depth + 1);
                return row => (inner(row) as string)?.ToLowerInvariant();
            default:
                throw ApiException.Invalid($"$filter uses {(node as SingleValueFunctionCallNode)?.Name ?? node.Kind.ToString()}, which is not supported here.", ODataQuery.FilterOption);
        }
    }

    private static Func<Row, object?> Compile(BinaryOperatorNode node, Func<Row, object?> left, Func<Row, object?> right) => node.OperatorKind switch
    {
        BinaryOperatorKind.And => row => left(row) is true && right(row) is true,
        BinaryOperatorKind.Or => row => left(row) is true || right(row) is true,
        BinaryOperatorKind.Equal => row => AreEqual(left(row), right(row)),
        BinaryOperatorKind.NotEqual => row => !AreEqual(left(row), right(row)),
        BinaryOperatorKind.LessThan => row => IsOrdered(left(row), right(row), order => order < 0),
        BinaryOperatorKind.LessThanOrEqual => row => IsOrdered(left(row), right(row), order => order <= 0),
        BinaryOperatorKind.GreaterThan => row => IsOrdered(left(row), right(row), order => order > 0),
        BinaryOperatorKind.GreaterThanOrEqual => row => IsOrdered(left(row), right(row), order => order >= 0),
        var other => throw ApiException.Invalid($"$filter uses {other}, which is not supported here.", ODataQuery.FilterOption),
    };

    private static bool AreEqual(object? left, object? right) => left is null == right is null && Compare(left, right) == 0;

    private static bool IsOrdered(object? left, object? right, Func<int, bool> holds) => left is not null && right is not null && holds(Compare(left, right));
}
