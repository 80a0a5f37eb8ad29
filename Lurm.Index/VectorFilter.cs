using System.Numerics;
using Lurm.Index.Graph;

namespace Lurm.Index;

/// <summary>Which keys a search may return: a set of keys, or a predicate with an estimate of how many it passes.</summary>
/// <remarks>Immutable, made once and used by any number of searches on any thread.</remarks>
public sealed class VectorFilter
{
    /// <summary>A key set gets a bitmap where that costs at most this many bits a key, or at most <see cref="SmallBitmapBits"/> in all.</summary>
    private const long BitsPerKey = 64;

    private const long SmallBitmapBits = 1 << 20;

    private readonly Func<long, bool>? _predicate;
    private readonly ulong[]? _bitmap;
    private readonly long _firstKey;
    private readonly double _estimatedShare;
    private long[]? _keys;
    private PassingSlots? _slots;

    private VectorFilter(long[]? keys, int count, ulong[]? bitmap, long firstKey, Func<long, bool>? predicate, double estimatedShare)
    {
        _keys = keys;
        KeyCount = count;
        _bitmap = bitmap;
        _firstKey = firstKey;
        _predicate = predicate;
        _estimatedShare = estimatedShare;
    }

    /// <summary>How many keys pass; −1 where only a predicate knows.</summary>
    internal int KeyCount { get; }

    /// <summary>The passing keys in ascending order; of a bitmap they are listed when first asked for. Only where <see cref="KeyCount"/> is known.</summary>
    internal long[] Keys => Volatile.Read(ref _keys) ?? (_keys = List());

    /// <summary>Passes the keys of <paramref name="ascendingKeys"/>, which the filter then owns.</summary>
    /// <exception cref="ArgumentException">The keys do not ascend strictly.</exception>
    public static VectorFilter FromKeys(long[] ascendingKeys)
    {
        ArgumentNullException.ThrowIfNull(ascendingKeys);
        for (var i = 1; i < ascendingKeys.Length; i++)
        {
            if (ascendingKeys[i] <= ascendingKeys[i - 1])
            {
                throw new ArgumentException($"Key {ascendingKeys[i]} at {i} follows {ascendingKeys[i - 1]}; the keys must ascend and be different.", nameof(ascendingKeys));
            }
        }

        return new VectorFilter(ascendingKeys, ascendingKeys.Length, Bitmap(ascendingKeys), ascendingKeys.Length == 0 ? 0 : ascendingKeys[0], null, double.NaN);
    }

    /// <summary>Passes key i where bit i of <paramref name="bits"/> is set, which the filter then owns; keys beyond the last bit do not pass. Costs one count of the bits.</summary>
    /// <param name="bits">Bit i is bit (i mod 64) of word i / 64.</param>
    public static VectorFilter FromBits(ulong[] bits)
    {
        ArgumentNullException.ThrowIfNull(bits);
        var count = 0;
        foreach (var word in bits)
        {
            count += BitOperations.PopCount(word);
        }

        return new VectorFilter(null, count, bits, 0, null, double.NaN);
    }

    /// <summary>Passes the keys for which <paramref name="passes"/> is true; it must be safe to call from any thread.</summary>
    /// <param name="passes">The predicate; cheap, since it may be asked about every key.</param>
    /// <param name="estimatedShare">The share of keys expected to pass, in [0, 1]. A wrong one costs time, never a result.</param>
    public static VectorFilter FromPredicate(Func<long, bool> passes, double estimatedShare)
    {
        ArgumentNullException.ThrowIfNull(passes);
        if (!(estimatedShare >= 0 && estimatedShare <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(estimatedShare), estimatedShare, "A share is from 0 to 1.");
        }

        return new VectorFilter(null, -1, null, 0, passes, estimatedShare);
    }

    /// <summary>Whether a key passes.</summary>
    internal bool Passes(long key)
    {
        if (_predicate is not null)
        {
            return _predicate(key);
        }

        if (_bitmap is null)
        {
            return Array.BinarySearch(Keys, key) >= 0;
        }

        var bit = unchecked((ulong)(key - _firstKey));
        return bit >> 6 < (ulong)_bitmap.Length && (_bitmap[bit >> 6] >> (int)(bit & 63) & 1) != 0;
    }

    /// <summary>Sets bit i of <paramref name="bits"/> where <paramref name="live"/>[i] is 1 and <paramref name="keys"/>[i] passes. Only of a bitmap; without a branch a key.</summary>
    internal void Mark(ReadOnlySpan<long> keys, ReadOnlySpan<byte> live, Span<ulong> bits)
    {
        var bitmap = _bitmap!;
        for (var i = 0; i < keys.Length; i += 64)
        {
            // In a register: a word in memory that is read and written 64 times waits for itself each time.
            var marked = 0ul;
            for (var j = i; j < Math.Min(i + 64, keys.Length); j++)
            {
                var bit = unchecked((ulong)(keys[j] - _firstKey));
                var word = bit >> 6 < (ulong)bitmap.Length ? bitmap[bit >> 6] : 0;
                marked |= (word >> (int)bit & live[j]) << j;
            }

            bits[i >> 6] = marked;
        }
    }

    /// <summary>Which slots pass, from the second search on that asks at the same version of an index; null at the first, and where a writer is at work or only a predicate knows.</summary>
    internal PassingSlots? SlotsOf(GraphBlocks blocks, long version)
    {
        if (_bitmap is null || (version & 1) != 0)
        {
            return null;
        }

        var known = Volatile.Read(ref _slots);
        if (known?.IsOf(blocks, version) == true)
        {
            return known;
        }

        Volatile.Write(ref _slots, new PassingSlots(blocks, version));
        return null;
    }

    /// <summary>Lists which of the slots [<paramref name="from"/>, <paramref name="to"/>) are live and have a key that passes; returns how many.</summary>
    internal unsafe int Match(long* keys, byte* live, int from, int to, int* slots)
    {
        var found = 0;
        if (_predicate is { } passes)
        {
            for (var slot = from; slot < to; slot++)
            {
                slots[found] = slot;
                found += live[slot] != 0 && passes(keys[slot]) ? 1 : 0;
            }

            return found;
        }

        for (var slot = from; slot < to; slot++)
        {
            slots[found] = slot;
            found += live[slot] != 0 && Passes(keys[slot]) ? 1 : 0;
        }

        return found;
    }

    /// <summary>The share of <paramref name="live"/> keys expected to pass; the planner starts from it.</summary>
    internal double ShareOf(int live) => KeyCount < 0 ? _estimatedShare : Math.Min(1, (double)KeyCount / live);

    private long[] List()
    {
        var keys = new long[KeyCount];
        var next = 0;
        for (var i = 0; i < _bitmap!.Length; i++)
        {
            for (var word = _bitmap[i]; word != 0; word &= word - 1)
            {
                keys[next++] = _firstKey + ((long)i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }

        return keys;
    }

    private static ulong[]? Bitmap(long[] keys)
    {
        if (keys.Length == 0)
        {
            return null;
        }

        var range = unchecked((ulong)(keys[^1] - keys[0]));
        if (range >= (ulong)Math.Max(SmallBitmapBits, Math.Min(keys.Length * BitsPerKey, int.MaxValue)))
        {
            return null;
        }

        var bitmap = new ulong[(range >> 6) + 1];
        foreach (var key in keys)
        {
            var bit = unchecked((ulong)(key - keys[0]));
            bitmap[bit >> 6] |= 1ul << (int)(bit & 63);
        }

        return bitmap;
    }
}
