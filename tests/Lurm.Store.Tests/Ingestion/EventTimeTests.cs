using System.Globalization;
using System.Text;
using CsCheck;
using Lurm.Store.Histories;
using Lurm.Store.Ingestion;

namespace Lurm.Store.Tests.Ingestion;

public sealed class EventTimeTests
{
    [Fact]
    public void Periods_are_calendar_months_and_days_in_UTC() =>
        Gen.Long[EventTime.MinSeconds, EventTime.MaxSeconds].Sample(seconds =>
        {
            var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
            return EventTime.Period(seconds, PeriodGrain.Month) == (time.Year - 1970) * 12 + time.Month - 1
                && EventTime.Period(seconds, PeriodGrain.Day) == (int)(time.UtcDateTime - DateTime.UnixEpoch).TotalDays;
        });

    [Fact]
    public void Every_way_to_write_a_moment_is_read_back() =>
        Gen.Select(Gen.Long[EventTime.MinSeconds + 86_400, EventTime.MaxSeconds - 86_400], Gen.Int[-14 * 60, 14 * 60]).Sample((seconds, offsetMinutes) =>
        {
            var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
            var local = time.ToOffset(TimeSpan.FromMinutes(offsetMinutes));
            return Reads(seconds.ToString(CultureInfo.InvariantCulture), TimeFormat.Unix, seconds)
                && Reads(seconds.ToString(CultureInfo.InvariantCulture) + ".75", TimeFormat.Unix, seconds)
                && Reads((seconds * 1000 + 999).ToString(CultureInfo.InvariantCulture), TimeFormat.UnixMilliseconds, seconds)
                && Reads(time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), TimeFormat.Auto, seconds)
                && Reads(time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture), TimeFormat.Iso, seconds)
                && Reads(time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), TimeFormat.Iso, seconds / 60 * 60)
                && Reads(time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), TimeFormat.Iso, seconds / 86_400 * 86_400)
                && Reads(local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), TimeFormat.Iso, seconds)
                && Reads(local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal), TimeFormat.Auto, seconds);
        });

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("12a")]
    [InlineData("1.2.3")]
    [InlineData("99999999999")]
    [InlineData("9999999999999999999999")]
    [InlineData("2020-13-01")]
    [InlineData("2020-02-30")]
    [InlineData("2020-02-03T24:00")]
    [InlineData("2020-02-03T10:61")]
    [InlineData("2020-02-03T10:00:00.")]
    [InlineData("2020-02-03T10:00:00+1")]
    [InlineData("2020-02-03T10:00:00+99:00")]
    [InlineData("20-02-03")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2149-06-07")]
    [InlineData("2020-+1-01")]
    public void What_is_no_time_is_refused(string text) =>
        Assert.False(EventTime.TryParse(Encoding.UTF8.GetBytes(text), TimeFormat.Auto, out _));

    private static bool Reads(string text, TimeFormat format, long expected) =>
        EventTime.TryParse(Encoding.UTF8.GetBytes(text), format, out var seconds) && seconds == expected;
}
