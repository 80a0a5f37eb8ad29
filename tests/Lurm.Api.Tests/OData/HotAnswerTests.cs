namespace Lurm.Api.Tests.OData;

/// <summary>What the hot path writes itself against what the OData library writes, on a shop of its own: it adds users with odd ids.</summary>
public sealed class HotAnswerTests(ShopServer shop) : IClassFixture<ShopServer>
{
    /// <summary>An Accept that means the same, but that the hot path does not know: it goes through the OData library.</summary>
    private const string ThroughTheLibrary = "application/json;odata.metadata=minimal;odata.streaming=true";

    private Server Server => shop.Server;

    [Theory]
    [InlineData("odata/Users('u004')/Lurm.Similar(k=5)")]
    [InlineData("odata/Users('u004')/Lurm.Similar(k=5)?$select=Id,Score")]
    [InlineData("odata/Users('u004')/Lurm.Similar(k=5)?$select=Score,Country,Joined,Age,IsMember")]
    [InlineData("odata/Users('u004')/Lurm.Similar(k=5)?$select=*")]
    [InlineData("odata/Users('u004')/Lurm.Similar(k=5)?$select=Id,SharedInterests,Representation")]
    [InlineData("odata/Users('u004')/Lurm.Similar(k=5)?$filter=Country eq 'Norway'&$top=2")]
    [InlineData("odata/Users('u004')/Lurm.Similar(k=5)?$top=0")]
    [InlineData("odata/Users('Zoë \"quoted\" <b> 漢字')/Lurm.Similar(k=3)?$filter=Country eq 'Åland %26 Öre'")]
    public async Task The_hot_answer_is_byte_for_byte_what_the_OData_library_writes(string path)
    {
        foreach (var id in (string[])["Zoë \"quoted\" <b> 漢字", "a'b"])
        {
            Server.Shop.Lurm.Ingest([.. Shop.EventsOf(4).Select(one => one with { User = id, Attributes = new Dictionary<string, object?> { ["Country"] = "Åland & Öre", ["Age"] = 1e21 } })], "odd " + id, cancellationToken: TestContext.Current.CancellationToken);
        }

        Server.Shop.Lurm.Embed(cancellationToken: TestContext.Current.CancellationToken);
        var hot = await Server.GetAsync(path);
        var library = await Server.GetAsync(path, ("Accept", ThroughTheLibrary));

        Assert.Equal(200, hot.Status);
        Assert.Equal(library.Text, hot.Text);
        Assert.Equal(library.Headers["Content-Type"], hot.Headers["Content-Type"]);
        Assert.Equal(library.Headers["OData-Version"], hot.Headers["OData-Version"]);
    }
}
