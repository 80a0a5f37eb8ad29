using Lurm.Training.Histories;

namespace Lurm.Training.Tests.Items;

public sealed class SuppliedVectorsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Interests_follow_vectors_that_every_item_came_with_and_the_fit_says_so()
    {
        // Even and odd numbers lie far apart, whatever the tastes of those who took them.
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        shop.ImportVectors(TasteShop.ItemIds().Select(id => (id, Parity(id))));
        var stages = new List<string>();

        var data = Build(shop, stages);

        Assert.Contains("40 item vectors of 3 components taken as supplied", stages);
        Assert.DoesNotContain(stages, stage => stage.Contains("co-occurrence", StringComparison.Ordinal));
        Assert.Equal(2, data.Interests.Count);
        foreach (var (item, interest) in data.Interests.Items)
        {
            Assert.Equal(data.Interests.Items[IsEven(item) ? "0-0" : "0-1"], interest);
        }

        Assert.NotEqual(data.Interests.Items["0-0"], data.Interests.Items["0-1"]);
        Assert.True(data.Interests.TryGetInterest("later", null, null, [0, 3, 0.1f], out var later));
        Assert.Equal(data.Interests.Items["3-7"], later);
    }

    [Fact]
    public void Items_that_lack_a_vector_are_counted_and_named_and_all_are_learned_instead()
    {
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        shop.ImportVectors(TasteShop.ItemIds().Where(id => id is not ("1-3" or "2-5")).Select(id => (id, Parity(id))));
        var stages = new List<string>();

        var data = Build(shop, stages);

        var remark = Assert.Single(stages, stage => stage.Contains("lack a vector", StringComparison.Ordinal));
        Assert.StartsWith("2 of the items with events lack a vector of 3 components, such as '", remark);
        Assert.Contains("the 38 supplied vectors are left aside", remark);
        Assert.Contains("lurm items --vector", remark);
        Assert.Contains("40 item vectors of 8 components learned from co-occurrence", stages);
        Assert.False(data.Interests.HasItemVectors);
    }

    [Fact]
    public void A_vector_of_another_length_counts_as_lacking()
    {
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        shop.ImportVectors(TasteShop.ItemIds().Select(id => (id, Parity(id))));
        shop.ImportVectors(("1-3", new float[] { 1, 2 }));
        var stages = new List<string>();

        Build(shop, stages);

        Assert.Contains(stages, stage => stage.StartsWith("1 of the items with events lack a vector of 3 components, such as '1-3'; the 40 supplied", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_any_supplied_vector_there_is_nothing_to_remark()
    {
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        var stages = new List<string>();

        Build(shop, stages);

        Assert.Equal(["40 item vectors of 8 components learned from co-occurrence", "2 interests"], stages);
    }

    private static FitData Build(TasteShop shop, List<string> stages)
    {
        TorchProbe.Load(1);
        var options = new FitOptions { Interests = 2, ItemDimensions = 8, Threads = 1 };
        return FitData.Build(UserHistories.Read(shop.Database, Cancellation), shop.Database.ReadItems(Cancellation), shop.Database.Kinds, shop.Database.Grain, options, stages.Add, Cancellation);
    }

    private static bool IsEven(string item) => (item[^1] - '0') % 2 == 0;

    private static float[] Parity(string item) => [IsEven(item) ? 2 : 0, IsEven(item) ? 0 : 2, 0.01f * (item[^1] - '0')];
}
