using Lurm.Store.Tests.Ingestion;

namespace Lurm.Store.Tests.Items;

public sealed class ImportItemsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly ItemMapping Mapping = new() { TitleColumn = "title", CategoryColumn = "category", VectorColumn = "vector" };

    [Fact]
    public void A_file_adds_and_changes_items_and_its_text_stays()
    {
        using var shop = new Shop();
        shop.IngestText("a.csv", "user,item,time,title\nu,x,100,From the event\n", Shop.Mapping with { TitleColumn = "title" });

        var report = Import(shop, "item,title,category,vector\nx,From the file,Lamps,\"[0.5, -1]\"\ny,,,\n");
        shop.IngestText("b.csv", "user,item,time,title\nu,x,200,Later event\n", Shop.Mapping with { TitleColumn = "title" });

        Assert.Equal((2, 1, 1), (report.Rows, report.Added, report.Changed));
        var items = shop.Database.ReadItems(Token);
        Assert.Equal([("x", "From the file", "Lamps"), ("y", null, null)], items.Select(item => (item.Id, item.Title, item.Category)));
        Assert.Equal([0.5f, -1f], items[0].Vector.ToArray());
        Assert.True(items[1].Vector.IsEmpty);
        Assert.Equal(0, Import(shop, "item,title,category,vector\nx,From the file,Lamps,0.5 -1\n").Changed);
    }

    [Theory]
    [InlineData("item,title,category,vector\nx,,,1 2\ny,,,1 2 3\n", "line 3, column 'vector': found 3 components, expected 2, as the rows before have")]
    [InlineData("item,title,category,vector\nx,,,1 2\ny,,,1 two\n", "line 3, column 'vector': found 'two', expected a finite number")]
    [InlineData("item,title,category,vector\nx,,,NaN\n", "expected a finite number")]
    [InlineData("item,title,category,vector\nx,,,\n,,,\n", "line 3, column 'item': found nothing, expected an item id")]
    [InlineData("item,title,vector\nx,,\n", "has no column 'category'")]
    public void A_bad_row_changes_nothing(string text, string message)
    {
        using var shop = new Shop();
        var fault = Assert.Throws<StoreException>(() => Import(shop, text));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, shop.Stats.Items);
    }

    private static ImportReport Import(Shop shop, string text) => shop.Database.ImportItems(shop.Write("items.csv", text), Mapping, Token);
}
