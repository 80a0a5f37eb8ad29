using Lurm.Api.Commands;

namespace Lurm.Api.Tests.Commands;

public sealed class ProgressLineTests
{
    [Fact]
    public void It_says_rate_and_time_left_of_the_present_stage()
    {
        using var error = new StringWriter();
        var time = new Clock();
        using var line = new ProgressLine(new Shell(TextWriter.Null, error, isTerminal: false, time));

        // A million after 10 s and a third of the way; then a stage that began at 40 s and is slower.
        line.Report("reading", 0, 0);
        time.Seconds = 10;
        line.Report("reading", 1_000_000, 1 / 3.0);
        time.Seconds = 40;
        line.Report("applying", 1_000, 0.01);
        time.Seconds = 50;
        line.Report("applying", 11_000, 0.02);

        Assert.Equal(
            [
                "reading: 1,000,000, 33 %, 100,000/s, 20 s left, 10 s",
                "applying: 1,000, 1 %, 40 s",
                "applying: 11,000, 2 %, 1,000/s, 16 min left, 50 s",
            ],
            error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public void A_share_that_is_not_known_gives_no_time_left()
    {
        using var error = new StringWriter();
        var time = new Clock();
        using var line = new ProgressLine(new Shell(TextWriter.Null, error, isTerminal: false, time));

        line.Report("reading", 0, 0);
        time.Seconds = 5;
        line.Report("reading", 500, 0);

        Assert.Equal("reading: 500, 100/s, 5 s", error.ToString().TrimEnd());
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
