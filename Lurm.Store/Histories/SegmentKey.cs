namespace Lurm.Store.Histories;

/// <summary>The row number of a segment in <c>histories</c>: user key · 65,536 + first period, so that a user's segments lie side by side in time order.</summary>
internal static class SegmentKey
{
    /// <summary>The largest user key that fits.</summary>
    public const long MaxUserKey = long.MaxValue >> 16;

    public static long Of(long userKey, int firstPeriod) => (userKey << 16) | (uint)firstPeriod;

    public static long UserKey(long segment) => segment >> 16;

    public static int FirstPeriod(long segment) => (int)(segment & 0xFFFF);
}
