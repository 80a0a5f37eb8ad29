namespace Lurm.Index;

/// <summary>Which keys a search may return: a set of keys, or a predicate with an estimate of how many it passes.</summary>
public sealed class VectorFilter
{
    private VectorFilter(long[]? keys, Func<long, bool> passes, double estimatedShare)
    {
        Keys = keys;
        Passes = passes;
        EstimatedShare = estimatedShare;
    }

    /// <summary>The passing keys in ascending order, where they are known.</summary>
    internal long[]? Keys { get; }

    /// <summary>Whether a key passes.</summary>
    internal Func<long, bool> Passes { get; }

    /// <summary>The share of keys expected to pass, in [0, 1]; the planner starts from it.</summary>
    internal double EstimatedShare { get; }

    /// <summary>Passes the keys of <paramref name="ascendingKeys"/>, which the filter then owns.</summary>
    public static VectorFilter FromKeys(long[] ascendingKeys)
    {
        ArgumentNullException.ThrowIfNull(ascendingKeys);
        return new VectorFilter(ascendingKeys, key => Array.BinarySearch(ascendingKeys, key) >= 0, double.NaN);
    }

    /// <summary>Passes the keys for which <paramref name="passes"/> is true; it must be safe to call from any thread.</summary>
    public static VectorFilter FromPredicate(Func<long, bool> passes, double estimatedShare)
    {
        ArgumentNullException.ThrowIfNull(passes);
        ArgumentOutOfRangeException.ThrowIfNegative(estimatedShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(estimatedShare, 1);
        return new VectorFilter(null, passes, estimatedShare);
    }
}
