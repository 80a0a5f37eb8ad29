using System.Diagnostics;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Benchmarks.Histories;

/// <summary>The mappings of the two logs that are measured, and what a run took.</summary>
internal static class Shop
{
    public static EventMapping Retail { get; } = new()
    {
        UserColumn = "CustomerID",
        ItemColumn = "StockCode",
        TimeColumn = "InvoiceDate",
        TitleColumn = "Description",
        Attributes = [new AttributeColumn("Country", "Country")],
        Rules = [RowRule.WherePresent("CustomerID"), RowRule.WherePositive("Quantity")],
        TimeFormat = TimeFormat.Unix,
    };

    public static EventMapping Sample { get; } = new()
    {
        UserColumn = "user",
        ItemColumn = "item",
        TimeColumn = "time",
        KindColumn = "kind",
        TitleColumn = "title",
        CategoryColumn = "category",
        Attributes = [new AttributeColumn("country", "Country")],
    };

    public static double Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    public static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1048576.0;
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
