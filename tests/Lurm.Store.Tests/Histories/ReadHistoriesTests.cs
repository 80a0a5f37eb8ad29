using Lurm.Store.Histories;
using Lurm.Store.Tests.Ingestion;

namespace Lurm.Store.Tests.Histories;

public sealed class ReadHistoriesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Users_come_whole_in_key_order_from_any_key_on()
    {
        // Enough entries for several pages.
        using var shop = new Shop();
        shop.Database.Ingest(Shop.RandomEvents(seed: 3, users: 300, events: 60_000), "all", cancellationToken: Token);
        var keys = new List<long>();
        long events = 0;
        shop.Database.ReadHistories(
            (key, entries) =>
            {
                keys.Add(key);
                foreach (var entry in entries)
                {
                    events += entry.Count;
                }
            },
            cancellationToken: Token);

        Assert.Equal(keys.Distinct().Order(), keys);
        Assert.Equal(300, keys.Count);
        Assert.Equal(60_000, events);

        var rest = new List<long>();
        shop.Database.ReadHistories((key, _) => rest.Add(key), afterUserKey: keys[149], Token);
        Assert.Equal(keys.Skip(150), rest);
    }

    [Fact]
    public void Chosen_users_read_as_they_do_among_all()
    {
        using var shop = new Shop();
        shop.Database.Ingest(Shop.RandomEvents(seed: 4, users: 50, events: 5_000), "all", cancellationToken: Token);
        var all = new Dictionary<long, HistoryEntry[]>();
        shop.Database.ReadHistories((key, entries) => all.Add(key, entries.ToArray()), cancellationToken: Token);
        long[] chosen = [-1, 0, .. all.Keys.Order().Where(key => key % 3 == 0), 999_999];

        var read = new Dictionary<long, HistoryEntry[]>();
        shop.Database.ReadHistories(chosen, (key, entries) => read.Add(key, entries.ToArray()), Token);

        Assert.Equal(all.Keys.Where(key => key % 3 == 0).Order(), read.Keys.Order());
        Assert.All(read, one => Assert.Equal(all[one.Key], one.Value));
        Assert.False(shop.Database.ReadHistory(999_999, (_, _) => Assert.Fail("nobody")));
    }

    [Fact]
    public void Changed_users_are_those_of_later_batches()
    {
        using var shop = new Shop();
        shop.Ingest("first", ("a", "x", 100), ("b", "x", 100), ("c", "x", 100));
        var watermark = shop.Database.LastHistoryVersion;
        Assert.Empty(shop.Database.ReadChangedUsers(watermark, Token));

        shop.Ingest("second", ("c", "y", 200), ("d", "x", 100));

        Assert.Equal(["c", "d"], shop.Ids(shop.Database.ReadChangedUsers(watermark, Token)));
        Assert.Equal(["a", "b", "c", "d"], shop.Ids(shop.Database.ReadChangedUsers(0, Token)));
        Assert.True(shop.Database.LastHistoryVersion > watermark);
    }

    [Fact]
    public void A_damaged_blob_is_named_and_never_read_as_counts()
    {
        using var shop = new Shop();
        shop.Ingest("first", ("a", "x", 100), ("b", "x", 100));
        using (var write = shop.Database.Connections.Write(Token))
        {
            write.Session.Execute("UPDATE histories SET counts = CAST(substr(counts, 1, length(counts) - 1) || x'00' AS BLOB) WHERE user_key = 2");
            write.Commit();
        }

        var seen = new List<long>();
        var fault = Assert.Throws<StoreException>(() => shop.Database.ReadHistories((key, _) => seen.Add(key), cancellationToken: Token));

        Assert.Equal(StoreFault.Corrupt, fault.Fault);
        Assert.Contains("user 2", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(2, seen);
    }

    [Fact]
    public void Cancelling_stops_before_the_next_user()
    {
        using var shop = new Shop();
        shop.Ingest("first", ("a", "x", 100), ("b", "x", 100));
        using var stop = new CancellationTokenSource();
        var seen = 0;

        Assert.Throws<OperationCanceledException>(() => shop.Database.ReadHistories(
            (_, _) =>
            {
                seen++;
                stop.Cancel();
            },
            cancellationToken: stop.Token));

        Assert.Equal(1, seen);
    }
}
