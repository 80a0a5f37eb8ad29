using System.Collections.Frozen;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>Which properties an answer shows.</summary>
internal sealed class Selection
{
    private readonly FrozenSet<string>? _names;

    private Selection(FrozenSet<string>? names) => _names = names;

    /// <summary>Everything but the vectors, which only their name selects.</summary>
    public static Selection Default { get; } = new(null);

    public static Selection Of(SelectExpandClause? clause)
    {
        if (clause is null || clause.AllSelected || clause.SelectedItems.OfType<WildcardSelectItem>().Any())
        {
            return Default;
        }

        return new Selection(clause.SelectedItems.OfType<PathSelectItem>().Select(item => item.SelectedPath.FirstSegment.Identifier).ToFrozenSet(StringComparer.Ordinal));
    }

    public bool Has(string name) => _names is null ? name is not LurmTypes.Representation : _names.Contains(name);
}
