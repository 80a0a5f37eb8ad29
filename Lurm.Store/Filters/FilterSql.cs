using System.Text;
using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>Compiles a filter's tree to a SQL condition on <c>users u</c>. Every constant is a parameter; every part is 0 or 1, never NULL.</summary>
internal sealed class FilterSql
{
    private readonly AttributeRegistry _registry;
    private readonly IHistoryConditions _histories;
    private readonly StringBuilder _text = new();
    private readonly List<object> _values = [];

    private FilterSql(AttributeRegistry registry, IHistoryConditions histories)
    {
        _registry = registry;
        _histories = histories;
    }

    /// <summary>Compiles <paramref name="filter"/>; none is true of everyone.</summary>
    /// <exception cref="StoreException">A property is unknown or compared with a constant of another type.</exception>
    public static SqlCondition Compile(UserFilter? filter, AttributeRegistry registry, IHistoryConditions histories)
    {
        if (filter is null)
        {
            return SqlCondition.All;
        }

        var compiler = new FilterSql(registry, histories);
        compiler.Write(filter.Root);
        return new SqlCondition(compiler._text.ToString(), compiler._values);
    }

    private void Write(FilterNode node)
    {
        switch (node)
        {
            case FilterNode.Comparison comparison:
                Compare(Find(comparison.Property), comparison);
                break;
            case FilterNode.In membership:
                Belong(Find(membership.Property), membership);
                break;
            case FilterNode.Match match:
                Match(Find(match.Property), match);
                break;
            case FilterNode.HasInterest interest:
                BeOneOf(_histories.WithInterest(interest.Interest, interest.Months));
                break;
            case FilterNode.And and:
                WriteOperands(and.Operands, " AND ");
                break;
            case FilterNode.Or or:
                WriteOperands(or.Operands, " OR ");
                break;
            case FilterNode.Not not:
                _text.Append("NOT ");
                Write(not.Operand);
                break;
        }
    }

    private void WriteOperands(IReadOnlyList<FilterNode> operands, string separator)
    {
        for (var i = 0; i < operands.Count; i++)
        {
            _text.Append(i == 0 ? "(" : separator);
            Write(operands[i]);
        }

        _text.Append(')');
    }

    private FilterProperty Find(string name) => FilterProperty.Find(name, _registry);

    private void Compare(FilterProperty property, FilterNode.Comparison comparison)
    {
        property.Expect(comparison.Value);
        var negated = comparison.Operator == FilterOperator.NotEqual;
        if (comparison.Value is not { } constant)
        {
            HaveAnyValue(property, negated);
            return;
        }

        var sign = comparison.Operator switch
        {
            FilterOperator.Equal or FilterOperator.NotEqual => "=",
            FilterOperator.LessThan => "<",
            FilterOperator.LessThanOrEqual => "<=",
            FilterOperator.GreaterThan => ">",
            _ => ">=",
        };
        _text.Append(negated ? "NOT " : string.Empty);
        Hold(property, value => $"{value} {sign} {Parameter(constant)}");
    }

    private void Belong(FilterProperty property, FilterNode.In membership)
    {
        var constants = membership.Values.Where(value => value is not null).Select(value => value!.Value).ToArray();
        foreach (var constant in constants)
        {
            property.Expect(constant);
        }

        _text.Append('(');
        if (constants.Length == 0)
        {
            _text.Append('0');
        }
        else
        {
            Hold(property, value => $"{value} IN ({string.Join(',', constants.Select(Parameter))})");
        }

        if (membership.Values.Contains(null))
        {
            _text.Append(" OR ");
            HaveAnyValue(property, negated: false);
        }

        _text.Append(')');
    }

    private void Match(FilterProperty property, FilterNode.Match match)
    {
        var constant = AttributeValue.Of(match.Text);
        property.Expect(constant);
        Hold(property, value =>
        {
            var text = Parameter(constant);
            return match.Kind switch
            {
                TextMatch.Contains => $"instr({value}, {text}) > 0",
                TextMatch.StartsWith => $"substr({value}, 1, length({text})) = {text}",
                _ => $"({text} = '' OR substr({value}, -length({text})) = {text})",
            };
        });
    }

    // True where the property has a value and the condition holds of it.
    private void Hold(FilterProperty property, Func<string, string> condition)
    {
        if (property.Column is { } column)
        {
            _text.Append($"({column} IS NOT NULL AND {condition(column)})");
            return;
        }

        // An indexed attribute drives the query from its index; another is looked up for each user.
        var attribute = property.Attribute!;
        _text.Append(attribute.Definition.IsIndexed
            ? $"u.user_key IN (SELECT a.user_key FROM attribute_values a WHERE a.attribute_key = {attribute.Key} AND a.value IS NOT NULL AND {condition("a.value")})"
            : $"EXISTS (SELECT 1 FROM attribute_values a WHERE a.user_key = u.user_key AND a.attribute_key = {attribute.Key} AND a.value IS NOT NULL AND {condition("a.value")})");
    }

    // eq null, or with negated: ne null.
    private void HaveAnyValue(FilterProperty property, bool negated)
    {
        _text.Append(property switch
        {
            { Column: { } column } => $"({column} IS {(negated ? "NOT " : string.Empty)}NULL)",
            _ => $"{(negated ? string.Empty : "NOT ")}EXISTS (SELECT 1 FROM attribute_values a WHERE a.user_key = u.user_key AND a.attribute_key = {property.Attribute!.Key} AND a.value IS NOT NULL)",
        });
    }

    // One parameter, whatever the number of keys.
    private void BeOneOf(IEnumerable<long> userKeys)
    {
        _values.Add(Encoding.UTF8.GetBytes($"[{string.Join(',', userKeys)}]"));
        _text.Append($"u.user_key IN (SELECT value FROM json_each(?{_values.Count}))");
    }

    private string Parameter(AttributeValue constant)
    {
        _values.Add(constant.ToSql());
        return $"?{_values.Count}";
    }
}
