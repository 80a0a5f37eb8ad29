using System.Globalization;

namespace Lurm.Campaigns.Concurrency;

/// <summary>Random operations of several threads on three openings of one database, one of them in another process; every read must be explained by the writes around it, every answer come from one generation.</summary>
internal static class ConcurrencyCampaign
{
    private const int OperationsPerHistory = 1_000;
    private const int Threads = 4;
    private const int UsersPerWriter = 2;

    /// <summary>A new database after so many histories.</summary>
    private const int HistoriesPerShop = 25;

    public static CampaignReport Run(CampaignOptions options)
    {
        var report = new CampaignReport("concurrent");
        long operations = 0;
        for (long first = 0; first < options.Count; first += HistoriesPerShop)
        {
            using var shop = new BusyShop();
            for (var history = first; history < Math.Min(options.Count, first + HistoriesPerShop); history++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                operations += History(shop, history, options.Seed, report);
            }

            options.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Math.Min(options.Count, first + HistoriesPerShop):N0} of {options.Count:N0} histories, {report.Findings.Count} findings"));
        }

        report.Add("histories", options.Count);
        report.Add("operations", operations);
        report.Add("threads, openings of the folder, processes", $"{Threads}, 3, 2");
        return report;
    }

    private static long History(BusyShop shop, long history, int seed, CampaignReport report)
    {
        var users = Enumerable.Range(0, Threads * UsersPerWriter).Select(user => new BusyUser(string.Create(CultureInfo.InvariantCulture, $"busy{history}-{user}"))).ToArray();
        var threads = Enumerable.Range(0, Threads).Select(worker => Task.Factory.StartNew(
            () => Work(shop, users, worker, new Random(HashCodeOf(seed, history, worker)), report, history),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        Task.WaitAll(threads);
        foreach (var user in users)
        {
            if ((user.Items.Explain() ?? user.Note.Explain()) is { } unexplained)
            {
                report.Found($"history {history}, {user.Id}: {unexplained}");
            }
        }

        return Threads * (long)(OperationsPerHistory / Threads);
    }

    private static void Work(BusyShop shop, BusyUser[] users, int worker, Random random, CampaignReport report, long history)
    {
        for (var n = 0; n < OperationsPerHistory / Threads; n++)
        {
            var side = shop.Any(random);
            var mine = users[(worker * UsersPerWriter) + random.Next(UsersPerWriter)];
            var any = users[random.Next(users.Length)];
            switch (random.Next(40))
            {
                case < 4:
                    mine.Add(shop, side);
                    break;
                case 4:
                    mine.Erase(side);
                    break;
                case < 8:
                    mine.SetNote(side, n);
                    break;
                case 8 when worker == 0:
                    BusyShop.Publish(side, random);
                    break;
                case < 20:
                    if (shop.Ask(side, random) is { } mixed)
                    {
                        report.Found($"history {history}: {mixed}");
                    }

                    break;
                case < 30:
                    any.ReadItems(side);
                    break;
                default:
                    any.ReadNote(side);
                    break;
            }
        }
    }

    private static int HashCodeOf(int seed, long history, int worker) => unchecked((int)((seed * 1_000_003L) + (history * 1_009) + worker));
}
