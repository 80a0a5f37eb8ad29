using System.Collections.Immutable;
using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>An indexed attribute in memory: the distinct values, and for each user the number of theirs, its code. Immutable; a change makes another.</summary>
/// <remarks>
/// A predicate is asked once per distinct value, an order by bisection. Values get their codes in their own order when a column is made, and those that come later
/// follow at the end, so what passes is a run of codes, or a few: each is one pass over the users' codes (4 bytes a user), 16 at a time.
/// </remarks>
internal sealed class ValueColumn
{
    /// <summary>More runs than this are answered by one pass that looks each user's code up, which costs about as much as eight.</summary>
    private const int MaxRuns = 8;

    private readonly List<AttributeValue> _values;
    private readonly Dictionary<AttributeValue, int> _codes;
    private readonly int[] _codeOfUser;

    // The values before this one ascend.
    private readonly int _ordered;

    private ValueColumn(List<AttributeValue> values, Dictionary<AttributeValue, int> codes, int ordered, int[] codeOfUser, long lastKey)
    {
        _values = values;
        _codes = codes;
        _ordered = ordered;
        _codeOfUser = codeOfUser;
        Words = UserSet.WordsFor(lastKey);
    }

    public int Words { get; }

    /// <summary>Makes a column for keys up to <paramref name="lastKey"/> from the present values, best in their order; users without one are left out.</summary>
    public static ValueColumn Create(IEnumerable<(long UserKey, AttributeValue? Value)> values, long lastKey)
    {
        var made = new ValueColumn([], [], 0, [], -1).With(values, lastKey);
        var ordered = Math.Min(1, made._values.Count);
        while (ordered < made._values.Count && made._values[ordered - 1].CompareTo(made._values[ordered]) < 0)
        {
            ordered++;
        }

        return new ValueColumn(made._values, made._codes, ordered, made._codeOfUser, lastKey);
    }

    /// <summary>This column after changes; none takes a value away.</summary>
    public ValueColumn With(IEnumerable<(long UserKey, AttributeValue? Value)> changes, long lastKey)
    {
        int[]? codeOfUser = null;
        var values = _values;
        var codes = _codes;
        var (last, lastCode) = (default(AttributeValue), -1);
        foreach (var (userKey, value) in changes)
        {
            if (userKey > lastKey)
            {
                continue;
            }

            codeOfUser ??= Grown(lastKey);
            if (value is not { } present)
            {
                codeOfUser[userKey] = -1;
                continue;
            }

            // Rows come in the order of their values when a column is made.
            if (lastCode < 0 || !present.Equals(last))
            {
                if (!codes.TryGetValue(present, out lastCode))
                {
                    (values, codes) = ReferenceEquals(values, _values) ? (new List<AttributeValue>(_values), new Dictionary<AttributeValue, int>(_codes)) : (values, codes);
                    codes.Add(present, lastCode = values.Count);
                    values.Add(present);
                }

                last = present;
            }

            codeOfUser[userKey] = lastCode;
        }

        return codeOfUser is null && UserSet.WordsFor(lastKey) == Words ? this : new ValueColumn(values, codes, _ordered, codeOfUser ?? Grown(lastKey), lastKey);
    }

    /// <summary>The users with any value.</summary>
    public UserSet Present() => Users([(0, _values.Count)]);

    /// <summary>The users whose value compares so with <paramref name="constant"/>; users without a value never do.</summary>
    public UserSet Select(FilterOperator comparison, AttributeValue constant)
    {
        if (comparison == FilterOperator.Equal)
        {
            return Users(_codes.TryGetValue(constant, out var code) ? [(code, code + 1)] : []);
        }

        var (below, upTo) = (Bisect(value => value.CompareTo(constant) < 0), Bisect(value => value.CompareTo(constant) <= 0));
        var ordered = comparison switch
        {
            FilterOperator.LessThan => (0, below),
            FilterOperator.LessThanOrEqual => (0, upTo),
            FilterOperator.GreaterThan => (upTo, _ordered),
            _ => (below, _ordered),
        };
        return Users([ordered, .. Runs(_ordered, value => Holds(value.CompareTo(constant), comparison))]);
    }

    /// <summary>The users whose value is one of these.</summary>
    public UserSet Select(IEnumerable<AttributeValue> anyOf)
    {
        var runs = ImmutableArray.CreateBuilder<(int From, int End)>();
        foreach (var code in anyOf.Where(_codes.ContainsKey).Select(value => _codes[value]).Order())
        {
            if (runs.Count > 0 && runs[^1].End == code)
            {
                runs[^1] = (runs[^1].From, code + 1);
                continue;
            }

            runs.Add((code, code + 1));
        }

        return Users(runs.ToImmutable());
    }

    /// <summary>The users whose value passes; users without a value never do.</summary>
    public UserSet Select(Func<AttributeValue, bool> passes) => Users([.. Runs(0, passes)]);

    private static bool Holds(int order, FilterOperator comparison) => comparison switch
    {
        FilterOperator.LessThan => order < 0,
        FilterOperator.LessThanOrEqual => order <= 0,
        FilterOperator.GreaterThan => order > 0,
        _ => order >= 0,
    };

    /// <summary>How many of the ascending values are <paramref name="before"/> a border.</summary>
    private int Bisect(Func<AttributeValue, bool> before)
    {
        var (low, high) = (0, _ordered);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = before(_values[middle]) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The codes from <paramref name="first"/> on whose values pass, in runs.</summary>
    private IEnumerable<(int From, int End)> Runs(int first, Func<AttributeValue, bool> passes)
    {
        for (var code = first; code < _values.Count; code++)
        {
            var from = code;
            while (code < _values.Count && passes(_values[code]))
            {
                code++;
            }

            if (code > from)
            {
                yield return (from, code);
            }
        }
    }

    private UserSet Users(ImmutableArray<(int From, int End)> runs)
    {
        var words = new ulong[Words];
        if (runs.Length <= MaxRuns)
        {
            foreach (var (from, end) in runs)
            {
                ColumnScan.Mark(_codeOfUser, from, end - 1, words);
            }

            return new UserSet(words);
        }

        // One more place in front: users without a value have code -1.
        var passes = new byte[_values.Count + 1];
        foreach (var (from, end) in runs)
        {
            passes.AsSpan(from + 1, end - from).Fill(1);
        }

        ColumnScan.MarkListed(_codeOfUser, passes, words);
        return new UserSet(words);
    }

    private int[] Grown(long lastKey)
    {
        var codeOfUser = new int[lastKey + 1];
        var known = (int)Math.Min(_codeOfUser.Length, lastKey + 1);
        _codeOfUser.AsSpan(0, known).CopyTo(codeOfUser);
        codeOfUser.AsSpan(known).Fill(-1);
        return codeOfUser;
    }
}
