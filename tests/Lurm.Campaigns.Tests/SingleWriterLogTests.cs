using Lurm.Campaigns.Concurrency;

namespace Lurm.Campaigns.Tests;

/// <summary>The judge of the concurrency campaign must find what is wrong.</summary>
public sealed class SingleWriterLogTests
{
    [Fact]
    public void A_read_of_the_state_before_or_after_a_write_around_it_is_explained()
    {
        var log = new SingleWriterLog<string>("a");
        log.Write("b", () => log.Read(() => "a"));
        log.Write("c", () => log.Read(() => "c"));

        Assert.Null(log.Explain());
    }

    [Fact]
    public void A_state_that_was_overwritten_before_the_read_began_is_not_explained()
    {
        var log = new SingleWriterLog<string>("a");
        log.Write("b", () => { });
        log.Read(() => "a");

        Assert.Contains("saw 'a'", log.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_read_must_not_see_an_older_state()
    {
        var log = new SingleWriterLog<string>("a");
        log.Write("b", () =>
        {
            log.Read(() => "b");
            log.Read(() => "a");
        });

        Assert.Contains("saw 'a'", log.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_never_was_is_not_explained()
    {
        var log = new SingleWriterLog<string>("a");
        log.Write("b", () => log.Read(() => "half of b"));

        Assert.NotNull(log.Explain());
    }
}
