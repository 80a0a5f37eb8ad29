namespace Lurm.Store.Generations;

/// <summary>The key of <c>representations</c>: generation × 2^40 + user key, so that a generation is one range in user order.</summary>
internal static class RepresentationKey
{
    private const int UserBits = 40;

    /// <summary>The largest user key that fits.</summary>
    public const long MaxUserKey = (1L << UserBits) - 1;

    public static long Of(long generation, long userKey) => (generation << UserBits) | userKey;

    public static long First(long generation) => generation << UserBits;

    public static long Last(long generation) => (generation << UserBits) | MaxUserKey;

    public static long UserKey(long representation) => representation & MaxUserKey;
}
