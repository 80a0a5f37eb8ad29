namespace Lurm.Store;

/// <summary>How large an audience shall be. The base of a percentage is every user with a representation that passes the query's filter.</summary>
public sealed class AudienceSize
{
    private AudienceSize(int? users, double? from, double? to, double? score)
    {
        Users = users;
        FromPercent = from;
        ToPercent = to;
        LeastScore = score;
    }

    /// <summary>This many users; none where another measure is given.</summary>
    public int? Users { get; }

    /// <summary>Start of the band, in percent of the base; 0 for a plain percentage.</summary>
    public double? FromPercent { get; }

    /// <summary>End of the band, in percent of the base.</summary>
    public double? ToPercent { get; }

    /// <summary>The least score.</summary>
    public double? LeastScore { get; }

    /// <summary>The <paramref name="users"/> best.</summary>
    public static AudienceSize Count(int users)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(users, 1);
        return new AudienceSize(users, null, null, null);
    }

    /// <summary>The best <paramref name="percent"/> of the base; 1 means 1 %.</summary>
    public static AudienceSize Percent(double percent) => Band(0, percent);

    /// <summary>Those ranked from <paramref name="fromPercent"/> to <paramref name="toPercent"/> of the base: 1 to 2 leaves the best 1 % out.</summary>
    public static AudienceSize Band(double fromPercent, double toPercent)
    {
        if (!(fromPercent >= 0 && toPercent > fromPercent && toPercent <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(toPercent), $"found {fromPercent} to {toPercent}; expected 0 ≤ from < to ≤ 100");
        }

        return new AudienceSize(null, fromPercent, toPercent, null);
    }

    /// <summary>Everyone who scores at least <paramref name="score"/>; the method says what a score means.</summary>
    public static AudienceSize MinScore(double score) =>
        double.IsFinite(score) ? new AudienceSize(null, null, null, score) : throw new ArgumentOutOfRangeException(nameof(score), score, "expected a finite number");

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { Users: { } users } => FormattableString.Invariant($"{users} users"),
        { LeastScore: { } score } => FormattableString.Invariant($"score at least {score}"),
        { FromPercent: 0 } => FormattableString.Invariant($"{ToPercent} %"),
        _ => FormattableString.Invariant($"{FromPercent} to {ToPercent} %"),
    };
}
