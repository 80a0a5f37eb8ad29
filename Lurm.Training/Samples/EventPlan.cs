namespace Lurm.Training.Samples;

/// <summary>How many events fall into each hour; they add up to the asked number exactly.</summary>
internal sealed class EventPlan
{
    private readonly double[] _monthEnds;
    private readonly long _events;
    private readonly DateTime _start;
    private readonly double[] _hourWeights;

    public EventPlan(SampleOptions options, Func<int, double> activityIn, DateTime start, double[] hourWeights)
    {
        _events = options.EventCount;
        _start = start;
        _hourWeights = hourWeights;
        _monthEnds = new double[options.Months + 1];
        for (var month = 0; month < options.Months; month++)
        {
            // November and December are a shop's busy months.
            var season = start.AddMonths(month).Month >= 11 ? 1.4 : 1;
            _monthEnds[month + 1] = _monthEnds[month] + (season * activityIn(month));
        }

        var sum = _monthEnds[^1];
        for (var month = 0; month <= options.Months; month++)
        {
            _monthEnds[month] /= sum;
        }
    }

    /// <summary>Each hour of a month: its first second (Unix) and its events.</summary>
    public IEnumerable<(long Hour, long Count)> Hours(int month)
    {
        var begin = _start.AddMonths(month);
        var days = DateTime.DaysInMonth(begin.Year, begin.Month);
        var total = 0.0;
        for (var hour = 0; hour < days * 24; hour++)
        {
            total += Weight(begin, hour);
        }

        // Rounding what has gone by so far, not each hour, loses no event.
        var gone = 0.0;
        var before = Rounded(_monthEnds[month]);
        for (var hour = 0; hour < days * 24; hour++)
        {
            gone += Weight(begin, hour);
            var isLast = hour == (days * 24) - 1;
            var after = Rounded(isLast ? _monthEnds[month + 1] : double.Lerp(_monthEnds[month], _monthEnds[month + 1], gone / total));
            yield return (new DateTimeOffset(begin.AddHours(hour)).ToUnixTimeSeconds(), after - before);
            before = after;
        }
    }

    private long Rounded(double share) => (long)Math.Round(share * _events);

    private double Weight(DateTime begin, int hour)
    {
        var weekend = begin.AddHours(hour).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.25 : 1;
        return weekend * _hourWeights[hour % 24];
    }
}
