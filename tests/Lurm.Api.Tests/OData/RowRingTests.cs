using System.Globalization;
using System.Text;
using Lurm.Api.OData;

namespace Lurm.Api.Tests.OData;

public sealed class RowRingTests
{
    private const long TwoChunks = 2 << 20;

    [Fact]
    public void A_row_is_what_was_put_last_or_none()
    {
        var ring = new RowRing(TwoChunks);
        var random = new Random(3);
        var put = new Dictionary<long, string>();
        var kept = 0;
        var asked = 0;

        // About ten turns of the ring.
        for (var n = 0; n < 60_000; n++)
        {
            var key = random.Next(1, 20_000);
            if (random.Next(10) == 0)
            {
                ring.Remove(key);
                put.Remove(key);
            }
            else
            {
                put[key] = Row(key, n, random.Next(300, 400));
                ring.Put(key, Encoding.UTF8.GetBytes(put[key]));
                Assert.Equal(put[key], Read(ring, key));
            }

            var other = random.Next(1, 20_000);
            if (Read(ring, other) is { } row)
            {
                Assert.Equal(put[other], row);
                kept++;
            }

            asked += put.ContainsKey(other) ? 1 : 0;
        }

        // The newest 3,000 to 6,000 rows fit.
        Assert.InRange(kept, asked / 10, asked);
    }

    [Fact]
    public void Rows_that_do_not_fit_are_not_kept_and_take_away_the_one_before()
    {
        var ring = new RowRing(TwoChunks);
        ring.Put(7, "short"u8);

        ring.Put(7, new byte[1 << 20]);

        Assert.Null(Read(ring, 7));
    }

    [Fact]
    public void A_buffer_that_is_too_short_is_told_the_length()
    {
        var ring = new RowRing(TwoChunks);
        ring.Put(7, "0123456789"u8);

        Assert.False(ring.TryCopy(7, new byte[4], out var length));
        Assert.Equal(10, length);
    }

    [Fact]
    public void After_clearing_nothing_is_left_and_all_can_come_again()
    {
        var ring = new RowRing(TwoChunks);
        for (var turn = 0; turn < 3; turn++)
        {
            for (var key = 1; key < 5_000; key++)
            {
                ring.Put(key, Encoding.UTF8.GetBytes(Row(key, turn, 500)));
            }

            Assert.Equal(Row(4_999, turn, 500), Read(ring, 4_999));
            ring.Clear();
            Assert.All(Enumerable.Range(1, 4_999), key => Assert.Null(Read(ring, key)));
        }
    }

    [Fact]
    public async Task Readers_beside_a_writer_never_see_half_a_row()
    {
        var ring = new RowRing(TwoChunks);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(number => Task.Run(
            () =>
            {
                var random = new Random(number);
                while (!done.IsCancellationRequested)
                {
                    var key = random.Next(1, 200);
                    if (Read(ring, key) is { } row)
                    {
                        // Of one key, and one letter all through.
                        Assert.StartsWith(key.ToString("D6", CultureInfo.InvariantCulture), row, StringComparison.Ordinal);
                        Assert.Single(row[6..].Distinct());
                    }
                }
            },
            TestContext.Current.CancellationToken)).ToArray();
        for (var n = 0; n < 20_000; n++)
        {
            var key = 1 + (n % 199);
            ring.Put(key, Encoding.UTF8.GetBytes(Row(key, n, 1_000 + (n % 500))));
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    private static string Row(long key, int n, int length) => key.ToString("D6", CultureInfo.InvariantCulture).PadRight(length, (char)('a' + (n % 26)));

    private static string? Read(RowRing ring, long key)
    {
        var buffer = new byte[2_000];
        return ring.TryCopy(key, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}
