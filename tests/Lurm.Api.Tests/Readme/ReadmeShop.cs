using System.Globalization;
using System.IO.Compression;

namespace Lurm.Api.Tests.Readme;

/// <summary>A file as Online Retail writes it, small enough for a test: customers of two tastes, some from France, some rows without a customer or with a return.</summary>
internal static class ReadmeShop
{
    public const int Customers = 1_200;

    /// <summary>The first id is the one that the README asks about.</summary>
    private const int FirstId = 12_347;

    private const int LinesACustomer = 14;
    private const int ItemsOfATaste = 30;

    public static string Id(int customer) => (FirstId + customer).ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes <c>onlineretail.tsv.gz</c> and <c>seeds.txt</c>.</summary>
    public static void Write(string folder)
    {
        using (var writer = new StreamWriter(new GZipStream(File.Create(Path.Combine(folder, "onlineretail.tsv.gz")), CompressionLevel.Fastest)))
        {
            writer.Write("InvoiceNo\tStockCode\tDescription\tQuantity\tInvoiceDate\tUnitPrice\tCustomerID\tCountry\n");
            var random = new Random(5);
            for (var customer = 0; customer < Customers; customer++)
            {
                for (var line = 0; line < LinesACustomer; line++)
                {
                    var item = ((customer % 2) * ItemsOfATaste) + random.Next(ItemsOfATaste);
                    var time = 1_291_191_960 + random.Next(31_000_000);
                    var country = customer % 10 == 0 ? "France" : "United Kingdom";
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{536_365 + line}\t{85_000 + item}\t{(customer % 2 == 0 ? "PARTY BUNTING" : "WICKER BASKET")} NO {item}\t{1 + (item % 6)}\t{time}\t2.55\t{Id(customer)}\t{country}\n"));
                }
            }

            writer.Write("C1\t85000\tPARTY BUNTING NO 0\t-1\t1291191960\t2.55\t12347\tFrance\n");
            writer.Write("536414\t22139\t\t56\t1291206720\t0.0\t\tUnited Kingdom\n");
        }

        File.WriteAllLines(Path.Combine(folder, "seeds.txt"), Enumerable.Range(0, 40).Select(seed => Id(2 * seed)));
    }
}
