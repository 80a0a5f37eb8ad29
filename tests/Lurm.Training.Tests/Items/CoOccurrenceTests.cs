using Lurm.Training.Items;
using Lurm.Training.Tests.Histories;

namespace Lurm.Training.Tests.Items;

public sealed class CoOccurrenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Items_of_one_period_meet_more_than_items_of_neighbouring_ones_and_far_ones_not_at_all()
    {
        // Everybody: items 0 and 1 in one period, 2 in the next, 3 far later; 4 and 5 belong to other users.
        var histories = Shops.Of(
        [
            .. Enumerable.Range(0, 20).SelectMany(user => new[] { ((long)user, 1, 0, 1), (user, 1, 1, 1), (user, 2, 2, 1), (user, 9, 3, 1) }),
            .. Enumerable.Range(20, 20).SelectMany(user => new[] { ((long)user, 1, 4, 1), (user, 1, 5, 1) }),
        ]);
        var rows = CoOccurrence.Compute(histories, [0, 1, 2, 3, 4, 5], 6, shift: 1, maxPerItem: 100, Cancellation);
        var of0 = rows.Keys(0).ToArray().Zip(rows.Values(0).ToArray()).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.True(of0.ContainsKey(1), "items of one period did not meet");
        Assert.True(of0[1] > of0.GetValueOrDefault(2), $"same period {of0[1]}, next period {of0.GetValueOrDefault(2)}");
        Assert.DoesNotContain(3, of0.Keys);
        Assert.DoesNotContain(4, of0.Keys);
        Assert.All(of0.Values, value => Assert.True(value > 0));
    }

    [Fact]
    public void Rows_keep_the_strongest_entries_and_a_shift_takes_the_weak_ones_off()
    {
        var histories = Shops.Of([.. Enumerable.Range(0, 40).SelectMany(user => Enumerable.Range(0, 3).Select(i => ((long)user, 1, (user + (i * i)) % 10, 1)))]);
        int[] numbers = [.. Enumerable.Range(0, 10)];
        var all = CoOccurrence.Compute(histories, numbers, 10, shift: 1, maxPerItem: 100, Cancellation);
        var few = CoOccurrence.Compute(histories, numbers, 10, shift: 1, maxPerItem: 2, Cancellation);
        var shifted = CoOccurrence.Compute(histories, numbers, 10, shift: 1.5, maxPerItem: 100, Cancellation);
        for (var row = 0; row < 10; row++)
        {
            Assert.True(few.Keys(row).Length <= 2);
            Assert.Equal(all.Values(row).ToArray().Order().TakeLast(few.Keys(row).Length), few.Values(row).ToArray().Order());
            Assert.True(shifted.Keys(row).Length <= all.Keys(row).Length);
        }

        Assert.True(shifted.NonZeros < all.NonZeros || shifted.Values(0)[0] < all.Values(0)[0]);
    }
}
