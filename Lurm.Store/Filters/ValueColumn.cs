using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>An indexed attribute in memory: the distinct values, and for each user the number of theirs. Immutable; a change makes another.</summary>
/// <remarks>
/// A predicate is asked once per distinct value. Where few values pass, the answer is the union of their bitmaps, each made at its first
/// use; where many do, one pass over the users' numbers (4 bytes a user).
/// </remarks>
internal sealed class ValueColumn
{
    /// <summary>Bitmaps are kept up to this many bytes a column; one is made where a value is first asked for.</summary>
    private const long MaxBitmapBytes = 32 << 20;

    /// <summary>A predicate that passes more values than this is answered by one pass over the users.</summary>
    private const int MaxUnion = 64;

    private readonly List<AttributeValue> _values;
    private readonly Dictionary<AttributeValue, int> _codes;
    private readonly int[] _codeOfUser;
    private readonly ConcurrentDictionary<int, UserSet> _bitmaps;

    private ValueColumn(List<AttributeValue> values, Dictionary<AttributeValue, int> codes, int[] codeOfUser, long lastKey, ConcurrentDictionary<int, UserSet> bitmaps)
    {
        _values = values;
        _codes = codes;
        _codeOfUser = codeOfUser;
        _bitmaps = bitmaps;
        Words = UserSet.WordsFor(lastKey);
    }

    public int Words { get; }

    /// <summary>Makes a column for keys up to <paramref name="lastKey"/> from the present values; users without one are left out.</summary>
    public static ValueColumn Create(IEnumerable<(long UserKey, AttributeValue? Value)> values, long lastKey) =>
        new ValueColumn([], [], [], -1, []).With(values, lastKey);

    /// <summary>This column after changes; none takes a value away. Bitmaps of values that no change touches live on.</summary>
    public ValueColumn With(IEnumerable<(long UserKey, AttributeValue? Value)> changes, long lastKey)
    {
        int[]? codeOfUser = null;
        var values = _values;
        var codes = _codes;
        var touched = new HashSet<int>();
        var (last, lastCode) = (default(AttributeValue), -1);
        foreach (var (userKey, value) in changes)
        {
            if (userKey > lastKey)
            {
                continue;
            }

            codeOfUser ??= Grown(lastKey);
            touched.Add(codeOfUser[userKey]);
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

            touched.Add(lastCode);
            codeOfUser[userKey] = lastCode;
        }

        if (codeOfUser is null && UserSet.WordsFor(lastKey) == Words)
        {
            return this;
        }

        var bitmaps = UserSet.WordsFor(lastKey) == Words ? _bitmaps.Where(bitmap => !touched.Contains(bitmap.Key)) : [];
        return new ValueColumn(values, codes, codeOfUser ?? Grown(lastKey), lastKey, new ConcurrentDictionary<int, UserSet>(bitmaps));
    }

    /// <summary>The users whose value passes; users without a value never do.</summary>
    public UserSet Select(Func<AttributeValue, bool> passes)
    {
        var matching = new List<int>();
        for (var code = 0; code < _values.Count; code++)
        {
            if (passes(_values[code]))
            {
                matching.Add(code);
            }
        }

        return matching.Count <= MaxUnion ? Union(matching) : Scan(matching);
    }

    /// <summary>The users with exactly this value.</summary>
    public UserSet Select(AttributeValue value) => _codes.TryGetValue(value, out var code) ? Bitmap(code) : new UserSet(new ulong[Words]);

    private int[] Grown(long lastKey)
    {
        var codeOfUser = new int[lastKey + 1];
        var known = (int)Math.Min(_codeOfUser.Length, lastKey + 1);
        _codeOfUser.AsSpan(0, known).CopyTo(codeOfUser);
        codeOfUser.AsSpan(known).Fill(-1);
        return codeOfUser;
    }

    private UserSet Union(List<int> codes)
    {
        if (codes.Count == 1)
        {
            return Bitmap(codes[0]);
        }

        var words = new ulong[Words];
        foreach (var code in codes)
        {
            TensorPrimitives.BitwiseOr(words, Bitmap(code).Words, words);
        }

        return new UserSet(words);
    }

    private UserSet Bitmap(int code)
    {
        if (_bitmaps.TryGetValue(code, out var known))
        {
            return known;
        }

        var words = new ulong[Words];
        for (var key = 0; key < _codeOfUser.Length; key++)
        {
            if (_codeOfUser[key] == code)
            {
                words[key >> 6] |= 1UL << key;
            }
        }

        var users = new UserSet(words);
        if ((long)_bitmaps.Count * Words * sizeof(ulong) < MaxBitmapBytes)
        {
            _bitmaps.TryAdd(code, users);
        }

        return users;
    }

    private UserSet Scan(List<int> codes)
    {
        // One more place in front: users without a value have code -1.
        var matching = new bool[_values.Count + 1];
        foreach (var code in codes)
        {
            matching[code + 1] = true;
        }

        var words = new ulong[Words];
        for (var key = 0; key < _codeOfUser.Length; key++)
        {
            if (matching[_codeOfUser[key] + 1])
            {
                words[key >> 6] |= 1UL << key;
            }
        }

        return new UserSet(words);
    }
}
