using Lurm.Store.Histories;

namespace Lurm.Store.Encoders;

/// <summary>From base periods to the calendar periods of a scale.</summary>
internal static class Calendar
{
    private const int DaysToEpoch = 719_162;

    /// <summary>The number of the month, season (quarter) or year, counted from January 1970, that <paramref name="period"/> lies in.</summary>
    public static int ToScale(int period, Scale scale, PeriodGrain grain)
    {
        var month = period;
        if (grain == PeriodGrain.Day)
        {
            var date = DateOnly.FromDayNumber(Math.Clamp(period + DaysToEpoch, 0, DateOnly.MaxValue.DayNumber));
            month = ((date.Year - 1970) * 12) + date.Month - 1;
        }

        return scale switch
        {
            Scale.Month => month,
            Scale.Season => FloorDivide(month, 3),
            Scale.Year => FloorDivide(month, 12),
            _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "expected month, season or year"),
        };
    }

    private static int FloorDivide(int value, int by) => (value / by) - (value % by < 0 ? 1 : 0);
}
