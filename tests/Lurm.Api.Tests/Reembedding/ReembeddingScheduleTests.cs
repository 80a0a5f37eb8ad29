using Lurm.Api.Reembedding;

namespace Lurm.Api.Tests.Reembedding;

public sealed class ReembeddingScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 31, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_due_by_default() => Assert.Null(ReembeddingSchedule.Next(new LurmReembeddingOptions(), Now));

    [Theory]
    [InlineData(null, "23:00", "2026-03-31T23:00:00Z")]
    [InlineData(null, "22:30", "2026-04-01T22:30:00Z")] // This very moment was the last run's.
    [InlineData(null, "03:00", "2026-04-01T03:00:00Z")]
    [InlineData("00:10:00", null, "2026-03-31T22:40:00Z")]
    [InlineData("00:10:00", "22:35", "2026-03-31T22:35:00Z")]
    [InlineData("06:00:00", "03:00", "2026-04-01T03:00:00Z")]
    public void The_earlier_of_the_two_is_due(string? every, string? at, string due)
    {
        var options = new LurmReembeddingOptions
        {
            Every = every is null ? null : TimeSpan.Parse(every, System.Globalization.CultureInfo.InvariantCulture),
            At = at is null ? null : TimeOnly.Parse(at, System.Globalization.CultureInfo.InvariantCulture),
        };

        Assert.Equal(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture), ReembeddingSchedule.Next(options, Now));
    }
}
