namespace Lurm.Api.Reembedding;

/// <summary>When the next run is due.</summary>
internal static class ReembeddingSchedule
{
    /// <summary>The earliest moment after <paramref name="now"/> that <paramref name="options"/> name; null where they name none.</summary>
    /// <param name="options">How often and when.</param>
    /// <param name="now">The end of the last run, or the start of the server.</param>
    public static DateTimeOffset? Next(LurmReembeddingOptions options, DateTimeOffset now)
    {
        DateTimeOffset? next = options.Every is { } every ? now + every : null;
        if (options.At is not { } at)
        {
            return next;
        }

        var today = new DateTimeOffset(DateOnly.FromDateTime(now.UtcDateTime).ToDateTime(at), TimeSpan.Zero);
        var daily = today > now ? today : today.AddDays(1);
        return next is { } sooner && sooner < daily ? sooner : daily;
    }
}
