using System.Collections.Concurrent;
using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary>Filters by their text: parsing one costs as much as a search, and the same few come again and again.</summary>
internal sealed class FilterCache
{
    /// <summary>Of at most 4,096 characters each: 16 MB of text at the worst.</summary>
    private const int MaxFilters = 2_048;

    private readonly ConcurrentDictionary<string, UserFilter> _filters = new(StringComparer.Ordinal);

    /// <summary>Parses <paramref name="text"/>, or finds it parsed.</summary>
    public UserFilter Parse(string text)
    {
        if (_filters.TryGetValue(text, out var known))
        {
            return known;
        }

        var filter = UserFilter.Parse(text);
        if (_filters.Count >= MaxFilters)
        {
            _filters.Clear();
        }

        return _filters.GetOrAdd(text, filter);
    }
}
