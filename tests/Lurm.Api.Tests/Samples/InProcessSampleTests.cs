using System.Text;
using Lurm.Store;

namespace Lurm.Api.Tests.Samples;

public sealed class InProcessSampleTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task From_a_file_of_purchases_it_gets_to_an_explained_audience()
    {
        var purchases = _shop.Files["purchases.csv"];
        var seeds = _shop.Files["seeds.txt"];
        var folder = _shop.Files["sample.lurm"];
        await File.WriteAllTextAsync(purchases, Purchases(), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(seeds, Enumerable.Range(0, 20).Select(user => Shop.Id(2 * user)), TestContext.Current.CancellationToken);

        var first = await SampleProcess.RunAsync("InProcess", purchases, folder, seeds);
        Assert.Equal(1, first.ExitCode);
        Assert.Contains($"of {Shop.Users} customers", first.Output, StringComparison.Ordinal);
        Assert.Contains("lurm-train fit", first.Output, StringComparison.Ordinal);

        // In place of a fit: the model of the shop of these tests.
        using (var lurm = LurmDatabase.Open(folder))
        {
            lurm.RegisterModel(_shop.Files["bundle"]);
        }

        var second = await SampleProcess.RunAsync("InProcess", purchases, folder, seeds);
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("Already ingested.", second.Output, StringComparison.Ordinal);
        Assert.Contains("are like these 20:", second.Output, StringComparison.Ordinal);
        Assert.Contains("  Tea, sort", second.Output, StringComparison.Ordinal);
    }

    private static string Purchases()
    {
        var text = new StringBuilder("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
        for (var user = 0; user < Shop.Users; user++)
        {
            foreach (var one in Shop.EventsOf(user))
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"1,{one.Item},\"{one.Title}\",1,{one.Time.ToUnixTimeSeconds()},2.5,{one.User},{Shop.CountryOf(user)}\n");
            }
        }

        return text.ToString();
    }
}
