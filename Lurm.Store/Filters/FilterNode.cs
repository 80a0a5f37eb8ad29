using System.Collections.Immutable;
using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>A node of a filter's tree. Every node is true or false of a user, never unknown: a missing value equals null alone.</summary>
internal abstract record FilterNode
{
    private FilterNode()
    {
    }

    /// <summary><c>Property op Value</c>; no value is <c>null</c>, with eq and ne only.</summary>
    public sealed record Comparison(string Property, FilterOperator Operator, AttributeValue? Value) : FilterNode;

    /// <summary><c>Property in (…)</c>, at least one value, all of one type but for nulls.</summary>
    public sealed record In(string Property, ImmutableArray<AttributeValue?> Values) : FilterNode;

    /// <summary><c>contains(Property,'Text')</c> and its sisters.</summary>
    public sealed record Match(string Property, TextMatch Kind, string Text) : FilterNode;

    /// <summary><c>Lurm.HasInterest(interest=…,months=…)</c>.</summary>
    public sealed record HasInterest(int Interest, int? Months) : FilterNode;

    /// <summary>All of at least two nodes, none of which is itself <see cref="And"/>.</summary>
    public sealed record And(ImmutableArray<FilterNode> Operands) : FilterNode;

    /// <summary>Any of at least two nodes, none of which is itself <see cref="Or"/>.</summary>
    public sealed record Or(ImmutableArray<FilterNode> Operands) : FilterNode;

    /// <summary>The opposite.</summary>
    public sealed record Not(FilterNode Operand) : FilterNode;
}
