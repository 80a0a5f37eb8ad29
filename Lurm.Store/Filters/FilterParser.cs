using System.Collections.Immutable;
using Lurm.Store.Attributes;
using Microsoft.OData.UriParser;

namespace Lurm.Store.Filters;

/// <summary>Parses <c>$filter</c> text with the OData library and keeps what belongs to the documented subset.</summary>
internal static class FilterParser
{
    private const string Subset = "Filters know eq, ne, lt, le, gt, ge, and, or, not, in, contains, startswith, endswith, null and Lurm.HasInterest";

    public static FilterNode Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw UserFilter.Invalid("it is empty; leave it out to ask for all users");
        }

        var lists = InLists.CutOut(text);
        return Predicate(Expression(lists), lists);
    }

    private static SingleValueNode Expression(InLists lists)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["$filter"] = lists.Text };
        try
        {
            return new ODataQueryOptionParser(FilterModel.Model, FilterModel.User, FilterModel.Users, options).ParseFilter().Expression;
        }
        catch (Exception exception) when (exception is not (StoreException or OutOfMemoryException))
        {
            // Mostly ODataException, but the library lets others through on some malformed texts.
            var reason = lists.HasWord("has")
                ? "the operator 'has' is outside the subset"
                : "it does not parse: " + exception.Message.Replace($" in '{lists.Text}'", string.Empty, StringComparison.Ordinal).TrimEnd('.');
            throw new StoreException(StoreFault.Invalid, $"The filter was refused: {reason}. {Subset}.", exception);
        }
    }

    private static FilterNode Predicate(QueryNode node, InLists lists)
    {
        switch (Unwrap(node))
        {
            case BinaryOperatorNode { OperatorKind: BinaryOperatorKind.And } and:
                return UserFilter.All(Predicate(and.Left, lists), Predicate(and.Right, lists));
            case BinaryOperatorNode { OperatorKind: BinaryOperatorKind.Or } or:
                return UserFilter.Any(Predicate(or.Left, lists), Predicate(or.Right, lists));
            case UnaryOperatorNode { OperatorKind: UnaryOperatorKind.Not } not:
                return new FilterNode.Not(Predicate(not.Operand, lists));
            case BinaryOperatorNode comparison when Operator(comparison.OperatorKind) is { } known:
                return Comparison(comparison, known, lists);
            case InNode membership:
                return Membership(membership, lists);
            case SingleValueFunctionCallNode call:
                return Call(call);
            case SingleValueOpenPropertyAccessNode property:
                return UserFilter.Compare(Property(property), FilterOperator.Equal, AttributeValue.Of(true));
            case var other:
                throw Outside(other);
        }
    }

    private static FilterNode Comparison(BinaryOperatorNode node, FilterOperator comparison, InLists lists)
    {
        var (left, right) = (Unwrap(node.Left), Unwrap(node.Right));
        if (left is ConstantNode && right is not ConstantNode)
        {
            (left, right, comparison) = (right, left, Mirror(comparison));
        }

        if (right is not ConstantNode constant)
        {
            if (left is not SingleValueOpenPropertyAccessNode)
            {
                throw Outside(left, "in a comparison; expected a property and a constant");
            }

            throw Outside(right, "on the right of a comparison; expected a constant (text stands in single quotes)");
        }

        var value = FilterLiteral.Of(constant.Value, constant.LiteralText);
        if (left is SingleValueOpenPropertyAccessNode property)
        {
            return UserFilter.Compare(Property(property), comparison, value);
        }

        // Clients write "HasInterest(…) eq true".
        if (left is not ConstantNode && value is { Type: AttributeType.Boolean } truth && comparison is (FilterOperator.Equal or FilterOperator.NotEqual))
        {
            var predicate = Predicate(left, lists);
            return truth.Boolean == (comparison == FilterOperator.Equal) ? predicate : new FilterNode.Not(predicate);
        }

        throw Outside(left, "on the left of a comparison; expected a property");
    }

    private static FilterNode Membership(InNode node, InLists lists)
    {
        if (Unwrap(node.Left) is not SingleValueOpenPropertyAccessNode property)
        {
            throw Outside(Unwrap(node.Left), "on the left of 'in'; expected a property");
        }

        if (node.Right is CollectionConstantNode { Collection: [{ Value: int number }] } && lists.TryTake(number, out ImmutableArray<AttributeValue?> values))
        {
            return UserFilter.OneOf(Property(property), values);
        }

        throw Outside(node.Right, "on the right of 'in'; expected constants in parentheses");
    }

    private static FilterNode Call(SingleValueFunctionCallNode call)
    {
        var arguments = call.Parameters.ToArray();
        if (call.Name == FilterModel.HasInterest)
        {
            return UserFilter.Interest(
                Number(arguments, FilterModel.Interest) ?? throw UserFilter.Invalid("Lurm.HasInterest has no interest; expected Lurm.HasInterest(interest=17)"),
                Number(arguments, FilterModel.Months));
        }

        var kind = call.Name switch
        {
            "contains" => TextMatch.Contains,
            "startswith" => TextMatch.StartsWith,
            "endswith" => TextMatch.EndsWith,
            _ => throw Outside(call),
        };
        if (Unwrap(arguments[0]) is not SingleValueOpenPropertyAccessNode property)
        {
            throw Outside(Unwrap(arguments[0]), $"as the first argument of {call.Name}; expected a property");
        }

        if (Unwrap(arguments[1]) is not ConstantNode { Value: string } text)
        {
            throw Outside(Unwrap(arguments[1]), $"as the second argument of {call.Name}; expected text in single quotes");
        }

        return new FilterNode.Match(Property(property), kind, FilterLiteral.Of(text.Value, text.LiteralText)!.Value.Text);
    }

    private static int? Number(QueryNode[] arguments, string name)
    {
        var argument = arguments.OfType<NamedFunctionParameterNode>().FirstOrDefault(parameter => parameter.Name == name);
        if (argument is null)
        {
            return null;
        }

        return Unwrap(argument.Value) is ConstantNode { Value: int number }
            ? number
            : throw Outside(Unwrap(argument.Value), $"as {name} of Lurm.HasInterest; expected a whole number");
    }

    private static string Property(SingleValueOpenPropertyAccessNode node)
    {
        if (node.Source is not ResourceRangeVariableReferenceNode)
        {
            throw UserFilter.Invalid($"the path to '{node.Name}' goes through another property; expected a property of the user itself");
        }

        AttributeName.ThrowIfInvalid(node.Name);
        return node.Name;
    }

    private static QueryNode Unwrap(QueryNode node)
    {
        while (node is ConvertNode convert)
        {
            node = convert.Source;
        }

        return node;
    }

    private static FilterOperator? Operator(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Equal => FilterOperator.Equal,
        BinaryOperatorKind.NotEqual => FilterOperator.NotEqual,
        BinaryOperatorKind.LessThan => FilterOperator.LessThan,
        BinaryOperatorKind.LessThanOrEqual => FilterOperator.LessThanOrEqual,
        BinaryOperatorKind.GreaterThan => FilterOperator.GreaterThan,
        BinaryOperatorKind.GreaterThanOrEqual => FilterOperator.GreaterThanOrEqual,
        _ => null,
    };

    private static FilterOperator Mirror(FilterOperator comparison) => comparison switch
    {
        FilterOperator.LessThan => FilterOperator.GreaterThan,
        FilterOperator.LessThanOrEqual => FilterOperator.GreaterThanOrEqual,
        FilterOperator.GreaterThan => FilterOperator.LessThan,
        FilterOperator.GreaterThanOrEqual => FilterOperator.LessThanOrEqual,
        _ => comparison,
    };

    private static StoreException Outside(QueryNode node, string where = "")
    {
        var token = node switch
        {
            SingleValueOpenPropertyAccessNode property => $"the property '{property.Name}'",
            SingleValueFunctionCallNode call => $"the function '{call.Name}'",
            BinaryOperatorNode binary => $"the operator '{binary.OperatorKind.ToString().ToLowerInvariant()}'",
            UnaryOperatorNode unary => $"the operator '{unary.OperatorKind.ToString().ToLowerInvariant()}'",
            ConstantNode constant => $"the constant {constant.LiteralText}",
            AnyNode => "the operator 'any'",
            AllNode => "the operator 'all'",
            ParameterAliasNode alias => $"the alias '{alias.Alias}'",
            CollectionConstantNode list => $"the list '{list.LiteralText}'",
            _ => $"'{node.Kind}'",
        };
        var place = where.Length == 0 ? "as a condition" : where;
        return new StoreException(StoreFault.Invalid, $"The filter was refused: {token} is outside the subset {place}. {Subset}.");
    }
}
