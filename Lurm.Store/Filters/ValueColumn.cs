using System.Collections.Concurrent;
using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>An indexed attribute in memory: the distinct values, and for each user the number of theirs. Immutable; a change makes another.</summary>
/// <remarks>
/// A predicate is asked once per distinct value. With few values each has a bitmap, made at its first use, and the answer is their union;
/// with many, one pass over the users' numbers (4 bytes a user).
/// </remarks>
internal sealed class ValueColumn
{
    /// <summary>Up to this many distinct values, bitmaps are used: at a million users 128 KB each, 32 MB in all.</summary>
    private const int MaxBitmaps = 256;

    private readonly List<AttributeValue> _values;
    private readonly Dictionary<AttributeValue, int> _codes;
    private readonly int[] _codeOfUser;
    private readonly ConcurrentDictionary<int, UserSet> _bitmaps = new();

    private ValueColumn(List<AttributeValue> values, Dictionary<AttributeValue, int> codes, int[] codeOfUser, long lastKey)
    {
        _values = values;
        _codes = codes;
        _codeOfUser = codeOfUser;
        Words = UserSet.WordsFor(lastKey);
    }

    public int Words { get; }

    /// <summary>Makes a column for keys up to <paramref name="lastKey"/> from the present values; users without one are left out.</summary>
    public static ValueColumn Create(IEnumerable<(long UserKey, AttributeValue? Value)> values, long lastKey) =>
        new ValueColumn([], [], [], -1).With(values, lastKey);

    /// <summary>This column after changes; none takes a value away.</summary>
    public ValueColumn With(IEnumerable<(long UserKey, AttributeValue? Value)> changes, long lastKey)
    {
        var codeOfUser = new int[lastKey + 1];
        Array.Fill(codeOfUser, -1);
        _codeOfUser.AsSpan(0, (int)Math.Min(_codeOfUser.Length, lastKey + 1)).CopyTo(codeOfUser);
        var values = new List<AttributeValue>(_values);
        var codes = new Dictionary<AttributeValue, int>(_codes);
        foreach (var (userKey, value) in changes)
        {
            if (userKey > lastKey)
            {
                continue;
            }

            if (value is not { } present)
            {
                codeOfUser[userKey] = -1;
                continue;
            }

            if (!codes.TryGetValue(present, out var code))
            {
                codes.Add(present, code = values.Count);
                values.Add(present);
            }

            codeOfUser[userKey] = code;
        }

        return new ValueColumn(values, codes, codeOfUser, lastKey);
    }

    /// <summary>The users whose value passes; users without a value never do.</summary>
    public UserSet Select(Func<AttributeValue, bool> passes)
    {
        var matching = new bool[_values.Count];
        var count = 0;
        for (var code = 0; code < matching.Length; code++)
        {
            matching[code] = passes(_values[code]);
            count += matching[code] ? 1 : 0;
        }

        return count == 0 ? new UserSet(new ulong[Words]) : _values.Count <= MaxBitmaps ? Union(matching) : Scan(code => matching[code]);
    }

    private UserSet Union(bool[] matching)
    {
        UserSet? all = null;
        for (var code = 0; code < matching.Length; code++)
        {
            if (matching[code])
            {
                var users = _bitmaps.GetOrAdd(code, static (wanted, column) => column.Scan(code => code == wanted), this);
                all = all is null ? users : all.Or(users);
            }
        }

        return all!;
    }

    private UserSet Scan(Func<int, bool> passes)
    {
        var words = new ulong[Words];
        for (var key = 0; key < _codeOfUser.Length; key++)
        {
            if (_codeOfUser[key] is >= 0 and var code && passes(code))
            {
                words[key >> 6] |= 1UL << key;
            }
        }

        return new UserSet(words);
    }
}
