using Lurm.Store;

// A shop's purchases, as Online Retail writes them, into a database inside this process, and out of it an audience:
//   dotnet run --project samples/InProcess -- purchases.csv shop.lurm seeds.txt
if (args is not [var purchases, var folder, var seeds])
{
    Console.Error.WriteLine("usage: InProcess PURCHASES.csv DATABASE SEEDS.txt");
    return 2;
}

using var lurm = Directory.Exists(folder) ? LurmDatabase.Open(folder) : LurmDatabase.Create(folder);

// The same file again adds nothing: a batch is named by what is in it.
var taken = lurm.IngestFiles([purchases], new EventMapping
{
    UserColumn = "CustomerID",
    ItemColumn = "StockCode",
    TitleColumn = "Description",
    TimeColumn = "InvoiceDate",
    TimeFormat = TimeFormat.Unix,
    Attributes = [new AttributeColumn("Country", "Country")],
    Rules = [RowRule.WherePresent("CustomerID"), RowRule.WherePositive("Quantity")],
});
Console.WriteLine(taken.AlreadyIngested ? "Already ingested." : $"{taken.Events} events of {taken.NewUsers} customers.");

if (lurm.Models.Count == 0)
{
    Console.WriteLine($"There is no model yet. Run 'lurm-train fit {folder}', then this again.");
    return 1;
}

// Only customers whose history has changed since the last time.
var embedded = lurm.Embed();
Console.WriteLine($"{embedded.Embedded} customers embedded.");

var audience = lurm.Lookalike(new LookalikeQuery
{
    Seeds = File.ReadAllLines(seeds),
    Size = AudienceSize.Percent(10),
    Filter = UserFilter.Parse("EventCount ge 3"),
    Explain = true,
});
Console.WriteLine($"{audience.Members.Count} customers are like these {audience.MatchedSeeds}:");
foreach (var member in audience.Members.Take(10))
{
    Console.WriteLine($"  {member.Id}  {member.Score:F3}");
}

Console.WriteLine("They care more than others for:");
foreach (var interest in audience.TopInterests.Take(5))
{
    Console.WriteLine($"  {interest.Label}");
}

foreach (var warning in audience.Warnings)
{
    Console.WriteLine($"warning: {warning}");
}

return 0;
