using System.Numerics.Tensors;
using Lurm.Training.Interests;
using Lurm.Training.Items;

namespace Lurm.Training.Tests.Items;

public sealed class ItemVectorsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Items_that_the_same_users_take_lie_near_each_other_and_a_seed_repeats()
    {
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        var items = shop.Learn(Cancellation);
        var (same, other) = (new List<double>(), new List<double>());
        for (var i = 0; i < items.Items.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                (TasteShop.TasteOf(items.Items[i].Id) == TasteShop.TasteOf(items.Items[j].Id) ? same : other).Add(TensorPrimitives.Dot(Vector(items, i), Vector(items, j)));
            }
        }

        Assert.True(same.Average() > other.Average() + 0.3, $"same taste {same.Average():F3}, other {other.Average():F3}");
        Assert.All(Enumerable.Range(0, items.Items.Count), i => Assert.Equal(1, TensorPrimitives.Norm(Vector(items, i)), 1e-4f));
        Assert.Equal(items.Vectors, shop.Learn(Cancellation).Vectors);
        Assert.Equal(TasteShop.TasteOf(items.Items[0].Id), TasteShop.TasteOf(items.Items[items.Nearest(0, 1)[0]].Id));
    }

    [Fact]
    public void Text_alone_places_an_item_that_nobody_took_near_those_of_its_words()
    {
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        var items = shop.Learn(Cancellation);
        var table = InterestTable.Build(items, wanted: TasteShop.Tastes, seed: 1, Cancellation);
        var text = Assert.IsType<Lurm.Store.Encoders.TextFallback>(items.Text);
        var found = new float[items.Dimensions];
        Assert.True(text.TryGetVector(TasteShop.Title(2, 999), null, found));
        var nearest = Enumerable.Range(0, items.Items.Count).MaxBy(i => TensorPrimitives.Dot<float>(found, Vector(items, i)));
        Assert.Equal(2, TasteShop.TasteOf(items.Items[nearest].Id));
        Assert.Contains(TasteShop.Words[2], table.Labels[table.Assigned[nearest]]);
    }

    [Fact]
    public void Labels_name_the_titles_of_their_interest()
    {
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        var items = shop.Learn(Cancellation);
        var table = InterestTable.Build(items, wanted: null, seed: 1, Cancellation);
        Assert.Equal(items.Items.Count, table.Count);
        Assert.All(Enumerable.Range(0, table.Count), i => Assert.Equal(items.Items[i].Title, table.Labels[i]));
    }

    private static ReadOnlySpan<float> Vector(ItemVectors items, int item) => items.Vectors.AsSpan(item * items.Dimensions, items.Dimensions);
}
