namespace Lurm.Store.Encoders;

/// <summary>One bag input of one user, as <see cref="BagBuilder"/> derived it; a view of the builder's buffers, gone at its next <c>Build</c>.</summary>
/// <remarks>
/// A scale of one bag (lifetime, recent) has one part or, where the user has nothing in it, none. A scale of many bags (month, season, year) has one part
/// per period that is not empty, oldest first; <see cref="BagInput.MaxPeriods"/> bounds them.
/// </remarks>
public readonly ref struct UserBag
{
    internal UserBag(ReadOnlySpan<int> keys, ReadOnlySpan<float> values, ReadOnlySpan<int> starts, ReadOnlySpan<int> ages, float gate)
    {
        Keys = keys;
        Values = values;
        Starts = starts;
        Ages = ages;
        Gate = gate;
    }

    /// <summary>Interests of all parts, one part after the other; different within a part, in the order in which the history first meets them.</summary>
    public ReadOnlySpan<int> Keys { get; }

    /// <summary>log(1 + count) · idf of each key, above 0; each part has unit length.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>Part p owns [Starts[p], Starts[p + 1]) of keys and values; length Parts + 1.</summary>
    public ReadOnlySpan<int> Starts { get; }

    /// <summary>Age of each part on the user's own clock, in periods of the bag's scale, 0 to MaxPeriods − 1; 0 for a scale of one bag.</summary>
    public ReadOnlySpan<int> Ages { get; }

    /// <summary>n / (n + c0) where the input has a gate, n being the decayed count of known interests; else 1.</summary>
    public float Gate { get; }

    /// <summary>How many parts there are.</summary>
    public int Parts => Ages.Length;
}
