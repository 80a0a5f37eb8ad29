using Lurm.Store.Generations;

namespace Lurm.Store.Tests.Generations;

public sealed class EmbedLeaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_lease_from_before_the_clock_was_set_back_blocks_nobody()
    {
        using var shop = new Shop(users: 4);
        var time = new ManualTime();
        using var first = EmbedLease.Take(shop.Database.Connections, time, Token);
        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => EmbedLease.Take(shop.Database.Connections, time, Token)).Fault);

        time.Advance(TimeSpan.FromDays(-1));

        using var second = EmbedLease.Take(shop.Database.Connections, time, Token);
        using var write = shop.Database.Connections.Write(Token);
        second.Hold(write.Session);
        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => first.Hold(write.Session)).Fault);
    }
}
