using Lurm.Training.Histories;

namespace Lurm.Training.Tests.Histories;

public sealed class UserHistoriesTests
{
    private static readonly UserHistories Three = Shops.Of((4, 10, 1, 2), (4, 12, 2, 1), (7, 11, 1, 5), (9, 12, 3, 1), (9, 13, 3, 1));

    [Fact]
    public void A_cut_in_time_keeps_entries_on_its_side_and_drops_users_without_any()
    {
        var past = Three.Between(int.MinValue, 12);
        Assert.Equal([4L, 7L], past.Keys.ToArray());
        Assert.Equal([10], past[0].ToArray().Select(entry => entry.Period));
        var future = Three.Between(12, int.MaxValue);
        Assert.Equal([4L, 9L], future.Keys.ToArray());
        Assert.Equal([12, 13], future[1].ToArray().Select(entry => entry.Period));
        Assert.Equal(Three.Entries.Length, past.Entries.Length + future.Entries.Length);
    }

    [Fact]
    public void Rows_are_found_by_key()
    {
        Assert.Equal(1, Three.RowOf(7));
        Assert.True(Three.RowOf(8) < 0);
        Assert.Equal([4L, 9L], Three.Rows([0, 2]).Keys.ToArray());
    }

    [Fact]
    public void The_split_is_the_boundary_nearest_to_the_share_of_events()
    {
        // Shares before each boundary: 0.5, 0.7, 0.9.
        var histories = Shops.Of((1, 5, 1, 50), (1, 6, 1, 20), (1, 8, 1, 20), (1, 9, 1, 10));
        Assert.Equal(8, TemporalSplit.Find(histories, 0.75));
        Assert.Equal(9, TemporalSplit.Find(histories, 0.85));
        Assert.Equal(6, TemporalSplit.Find(histories, 0.1));
        Assert.Null(TemporalSplit.Find(Shops.Of((1, 5, 1, 3))));
    }
}
