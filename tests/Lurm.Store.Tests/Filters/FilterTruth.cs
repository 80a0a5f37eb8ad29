using Lurm.Store.Attributes;
using Lurm.Store.Filters;

namespace Lurm.Store.Tests.Filters;

/// <summary>What a filter means, said as plainly as can be: the reference for SQL and columns.</summary>
internal static class FilterTruth
{
    public static bool Holds(FilterNode node, Func<string, AttributeValue?> property) => node switch
    {
        FilterNode.And and => and.Operands.All(operand => Holds(operand, property)),
        FilterNode.Or or => or.Operands.Any(operand => Holds(operand, property)),
        FilterNode.Not not => !Holds(not.Operand, property),
        FilterNode.In membership => membership.Values.Contains(property(membership.Property)),
        FilterNode.Match match => property(match.Property) is { } value && match.Kind switch
        {
            TextMatch.Contains => value.Text.Contains(match.Text, StringComparison.Ordinal),
            TextMatch.StartsWith => value.Text.StartsWith(match.Text, StringComparison.Ordinal),
            _ => value.Text.EndsWith(match.Text, StringComparison.Ordinal),
        },
        FilterNode.Comparison { Operator: FilterOperator.Equal } comparison => Equals(property(comparison.Property), comparison.Value),
        FilterNode.Comparison { Operator: FilterOperator.NotEqual } comparison => !Equals(property(comparison.Property), comparison.Value),
        FilterNode.Comparison comparison => property(comparison.Property) is { } value && Order(value, comparison.Value!.Value) is var order && comparison.Operator switch
        {
            FilterOperator.LessThan => order < 0,
            FilterOperator.LessThanOrEqual => order <= 0,
            FilterOperator.GreaterThan => order > 0,
            _ => order >= 0,
        },
        _ => throw new NotSupportedException(node.ToString()),
    };

    private static int Order(AttributeValue left, AttributeValue right) => left.Type == AttributeType.String
        ? System.Text.Encoding.UTF8.GetBytes(left.Text).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right.Text))
        : left.ToSql() is long integer ? integer.CompareTo((long)right.ToSql()) : left.Number.CompareTo(right.Number);
}
