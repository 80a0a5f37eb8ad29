using System.Numerics;
using System.Numerics.Tensors;
using Lurm.Index;

namespace Lurm.Store.Filters;

/// <summary>A set of user keys as a bitmap: bit k is user key k. Immutable once built; any number of threads may read.</summary>
internal sealed class UserSet
{
    private readonly ulong[] _words;
    private int _count = -1;
    private VectorFilter? _filter;

    public UserSet(ulong[] words) => _words = words;

    /// <summary>The bits; words beyond the last are empty.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>How many users are in it.</summary>
    public int Count => _count >= 0 ? _count : _count = CountBits();

    /// <summary>The same set for searches; made once, over the same bits.</summary>
    public VectorFilter Filter => Volatile.Read(ref _filter) ?? (_filter = VectorFilter.FromBits(_words));

    public static int WordsFor(long lastKey) => checked((int)(lastKey / 64 + 1));

    public static UserSet Of(IEnumerable<long> keys, int words)
    {
        var bits = new ulong[words];
        foreach (var key in keys)
        {
            // A user that arrived after the columns were read is left for the next answer.
            if ((ulong)key < (ulong)words * 64)
            {
                bits[key >> 6] |= 1UL << (int)key;
            }
        }

        return new UserSet(bits);
    }

    public bool Contains(long key) => (ulong)key < (ulong)_words.Length * 64 && (_words[key >> 6] >> (int)key & 1) != 0;

    public UserSet And(UserSet other)
    {
        var words = new ulong[_words.Length];
        TensorPrimitives.BitwiseAnd(_words, other._words, words);
        return new UserSet(words);
    }

    public UserSet Or(UserSet other)
    {
        var words = new ulong[_words.Length];
        TensorPrimitives.BitwiseOr(_words, other._words, words);
        return new UserSet(words);
    }

    public UserSet Except(UserSet other)
    {
        var words = new ulong[_words.Length];
        TensorPrimitives.OnesComplement<ulong>(other._words, words);
        TensorPrimitives.BitwiseAnd(_words, words, words);
        return new UserSet(words);
    }

    /// <summary>Ascending.</summary>
    public long[] ToArray()
    {
        var keys = new long[Count];
        var next = 0;
        for (var i = 0; i < _words.Length; i++)
        {
            for (var word = _words[i]; word != 0; word &= word - 1)
            {
                keys[next++] = ((long)i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }

        return keys;
    }

    private int CountBits()
    {
        var count = 0;
        foreach (var word in _words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }
}
