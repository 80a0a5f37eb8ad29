using System.Globalization;
using System.Text;
using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>Writes a filter's tree as the text that parses to the same tree.</summary>
internal static class FilterText
{
    public static string Write(FilterNode node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return text.ToString();
    }

    public static string Write(AttributeValue? constant) => constant switch
    {
        null => "null",
        { Type: AttributeType.String } value => $"'{value.Text.Replace("'", "''", StringComparison.Ordinal)}'",
        { Type: AttributeType.Number } value => value.Number.ToString("R", CultureInfo.InvariantCulture),
        { Type: AttributeType.Boolean } value => value.Boolean ? "true" : "false",
        var value => DateTimeOffset.FromUnixTimeMilliseconds(value.Value.UnixMilliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture),
    };

    public static string Name(FilterOperator comparison) => comparison switch
    {
        FilterOperator.Equal => "eq",
        FilterOperator.NotEqual => "ne",
        FilterOperator.LessThan => "lt",
        FilterOperator.LessThanOrEqual => "le",
        FilterOperator.GreaterThan => "gt",
        _ => "ge",
    };

    public static string Name(TextMatch match) => match switch
    {
        TextMatch.Contains => "contains",
        TextMatch.StartsWith => "startswith",
        _ => "endswith",
    };

    private static void Write(StringBuilder text, FilterNode node)
    {
        switch (node)
        {
            case FilterNode.Comparison comparison:
                text.Append(comparison.Property).Append(' ').Append(Name(comparison.Operator)).Append(' ').Append(Write(comparison.Value));
                break;
            case FilterNode.In membership:
                text.Append(membership.Property).Append(" in (").AppendJoin(',', membership.Values.Select(Write)).Append(')');
                break;
            case FilterNode.Match match:
                text.Append(Name(match.Kind)).Append('(').Append(match.Property).Append(',').Append(Write(AttributeValue.Of(match.Text))).Append(')');
                break;
            case FilterNode.HasInterest interest:
                text.Append(CultureInfo.InvariantCulture, $"Lurm.HasInterest(interest={interest.Interest}");
                if (interest.Months is { } months)
                {
                    text.Append(CultureInfo.InvariantCulture, $",months={months}");
                }

                text.Append(')');
                break;
            case FilterNode.And and:
                WriteOperands(text, and.Operands, " and ", static operand => operand is FilterNode.Or);
                break;
            case FilterNode.Or or:
                WriteOperands(text, or.Operands, " or ", static _ => false);
                break;
            case FilterNode.Not not:
                text.Append("not (");
                Write(text, not.Operand);
                text.Append(')');
                break;
        }
    }

    private static void WriteOperands(StringBuilder text, IReadOnlyList<FilterNode> operands, string separator, Func<FilterNode, bool> needsParentheses)
    {
        for (var i = 0; i < operands.Count; i++)
        {
            text.Append(i == 0 ? string.Empty : separator);
            var wrapped = needsParentheses(operands[i]);
            text.Append(wrapped ? "(" : string.Empty);
            Write(text, operands[i]);
            text.Append(wrapped ? ")" : string.Empty);
        }
    }
}
