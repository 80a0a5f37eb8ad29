using CsCheck;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Tests.Histories;

namespace Lurm.Training.Tests.Evaluation;

public sealed class BagsTests
{
    [Fact]
    public void A_hand_computed_bag()
    {
        // Interests: item 1 and 2 are 0, item 3 is 1, item 4 is none. Both users have interest 0, one has 1.
        var histories = Shops.Of((1, 5, 1, 2), (1, 6, 2, 1), (1, 6, 3, 1), (1, 6, 4, 9), (2, 5, 1, 1));
        var bags = Bags.Build(histories, [-1, 0, 0, 1, -1], 2, [], [1f, 2f]);
        var zero = Math.Log(1 + 3) * 1;
        var one = Math.Log(1 + 1) * 2;
        var norm = Math.Sqrt((zero * zero) + (one * one));
        Assert.Equal([0, 1], bags.Features.ColumnsOf(0).ToArray());
        Assert.Equal(zero / norm, bags.Features.ValuesOf(0)[0], 1e-6);
        Assert.Equal(one / norm, bags.Features.ValuesOf(0)[1], 1e-6);
        Assert.Equal([1f], bags.Features.ValuesOf(1).ToArray());
    }

    [Fact]
    public void Idf_is_counted_over_users_where_none_is_given()
    {
        var bags = Bags.Build(Shops.Of((1, 5, 0, 2), (1, 6, 0, 1), (2, 5, 0, 1), (2, 5, 1, 1)), [0, 1], 3, []);
        Assert.Equal([0f, (float)Math.Log(2), 0f], bags.Idf);
    }

    [Fact]
    public void Bags_add_up_over_periods() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 9], Gen.Int[1, 5]).Array[1, 30].Sample(events =>
        {
            // The same counts in many periods or in one: the same lifetime bag.
            var many = Shops.Of([.. events.Select(e => (1L, e.Item1, e.Item2, e.Item3))]);
            var one = Shops.Of([.. events.Select(e => (1L, 0, e.Item2, e.Item3))]);
            int[] map = [.. Enumerable.Range(0, 10)];
            float[] idf = [.. Enumerable.Repeat(1f, 10)];
            var left = Bags.Build(many, map, 10, [], idf).Features;
            var right = Bags.Build(one, map, 10, [], idf).Features;
            Assert.Equal(left.ColumnsOf(0).ToArray(), right.ColumnsOf(0).ToArray());
            Assert.Equal(left.ValuesOf(0).ToArray(), right.ValuesOf(0).ToArray());
        });
}
