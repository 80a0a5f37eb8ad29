using System.Globalization;
using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>The query options of one request, read once; an option nobody knows, or knows twice, is refused.</summary>
internal sealed class ODataQuery
{
    public const string FilterOption = "$filter";
    public const string SelectOption = "$select";
    public const string OrderByOption = "$orderby";
    public const string TopOption = "$top";
    public const string SkipOption = "$skip";
    public const string SkipTokenOption = "$skiptoken";
    public const string CountOption = "$count";
    public const string FormatOption = "$format";

    private static readonly string[] Known = [FilterOption, SelectOption, OrderByOption, TopOption, SkipOption, SkipTokenOption, CountOption, FormatOption];

    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    public ODataQuery(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            // OData leaves names without '$' to whoever wants them.
            if (!name.StartsWith('$'))
            {
                continue;
            }

            if (!Known.Contains(name, StringComparer.Ordinal))
            {
                throw ApiException.Invalid($"The query option '{name}' is not supported; expected one of {string.Join(' ', Known)}.", name);
            }

            if (values.Count != 1)
            {
                throw ApiException.Invalid($"The query option '{name}' stands there {values.Count} times; expected once.", name);
            }

            _options.Add(name, values[0] ?? string.Empty);
        }

        Top = Number(TopOption);
        Skip = Number(SkipOption);
        Count = Text(CountOption) switch
        {
            null or "false" => false,
            "true" => true,
            var other => throw ApiException.Invalid($"$count is '{other}'; expected true or false.", CountOption),
        };
    }

    public int? Top { get; }

    public int? Skip { get; }

    public bool Count { get; }

    public string? Filter => Text(FilterOption);

    public string? OrderBy => Text(OrderByOption);

    public string? SkipToken => Text(SkipTokenOption);

    public string? Format => Text(FormatOption);

    /// <summary>Refuses options that make no sense here.</summary>
    public void Allow(params ReadOnlySpan<string> names)
    {
        foreach (var name in _options.Keys)
        {
            if (name != FormatOption && !names.Contains(name))
            {
                throw ApiException.Invalid($"The query option '{name}' does not apply here.", name);
            }
        }
    }

    /// <summary>What <c>$select</c> names, or null where it is not there.</summary>
    public SelectExpandClause? Select(IEdmModel model, IEdmType type, IEdmNavigationSource? source)
    {
        if (Text(SelectOption) is not { } text)
        {
            return null;
        }

        var clause = new ODataQueryOptionParser(model, type, source, new Dictionary<string, string> { [SelectOption] = text }).ParseSelectAndExpand();
        foreach (var item in clause.SelectedItems)
        {
            if (item is not (WildcardSelectItem or PathSelectItem { SelectedPath: { Count: 1, FirstSegment: PropertySegment } }))
            {
                throw ApiException.Invalid($"$select={text} goes beyond properties; expected property names or *.", SelectOption);
            }
        }

        return clause;
    }

    /// <summary>The properties of <c>$orderby</c> and their directions, in order.</summary>
    public IReadOnlyList<(string Property, bool Descending)> Order(IEdmModel model, IEdmType type, IEdmNavigationSource? source)
    {
        if (Text(OrderByOption) is not { } text)
        {
            return [];
        }

        var order = new List<(string, bool)>();
        var clause = new ODataQueryOptionParser(model, type, source, new Dictionary<string, string> { [OrderByOption] = text }).ParseOrderBy();
        for (; clause is not null; clause = clause.ThenBy)
        {
            if (clause.Expression is not SingleValuePropertyAccessNode { Source: ResourceRangeVariableReferenceNode, Property: var property })
            {
                throw ApiException.Invalid($"$orderby={text} goes beyond properties; expected property names with asc or desc.", OrderByOption);
            }

            order.Add((property.Name, clause.Direction == OrderByDirection.Descending));
        }

        return order;
    }

    /// <summary>The query of the next page: all options as they are but the token.</summary>
    public string Next(string skipToken, int? top)
    {
        var parts = _options
            .Where(option => option.Key is not (SkipTokenOption or SkipOption or TopOption))
            .Select(option => $"{option.Key}={Uri.EscapeDataString(option.Value)}");
        if (top is { } left)
        {
            parts = parts.Append(string.Create(CultureInfo.InvariantCulture, $"{TopOption}={left}"));
        }

        return string.Join('&', parts.Append($"{SkipTokenOption}={Uri.EscapeDataString(skipToken)}"));
    }

    /// <summary>The refusal of a token that no next link held.</summary>
    public ApiException WrongSkipToken() => ApiException.Invalid($"$skiptoken is '{SkipToken}'; expected what a next link held.", SkipTokenOption);

    private string? Text(string name) => _options.GetValueOrDefault(name);

    private int? Number(string name) => Text(name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ApiException.Invalid($"{name} is '{text}'; expected a whole number of 0 or more.", name),
    };
}
