namespace Lurm.Benchmarks.Histories;

/// <summary>The store's targets for ingestion and reading, one verb each; every number it prints was measured in that run.</summary>
internal static class HistoriesBenchmark
{
    private static readonly Dictionary<string, Func<string[], int>> Verbs = new(StringComparer.Ordinal)
    {
        ["import"] = ImportRatio.Run,
        ["ingest"] = LargeIngest.Run,
        ["daily"] = DailyIncrements.Run,
        ["size"] = SizeOnDisk.Run,
        ["read"] = ReadAndDerive.Run,
        ["erase"] = EraseUsers.Run,
    };

    public static int Run(string[] args)
    {
        if (args.Length > 0 && Verbs.TryGetValue(args[0], out var verb))
        {
            return verb(args[1..]);
        }

        Console.Error.WriteLine(
            """
            usage: histories import onlineretail.tsv.gz [rounds]   wall time against sqlite3 .import of the same rows, alternately
                   histories ingest events.csv DB                  a sample of 'lurm-train sample', one batch: rate, its course, peak memory
                   histories daily DB [days] [events]              1 % of the users get so many events (5) each day; seconds per 100,000 events
                   histories size DB                               bytes per event of the histories, and what the rest takes (works on a copy)
                   histories read DB                               counts per second and core: decoded, and derived into bags
                   histories erase DB [users]                      erases so many users (100), three times: seconds (changes the database)
            """);
        return 2;
    }
}
