using System.Globalization;
using Lurm.Store;
using Lurm.TestKit;

namespace Lurm.Campaigns.Floods;

/// <summary>One stream of events, larger than any memory: it must pass in bounded memory, whole and once.</summary>
internal static class FloodCampaign
{
    private const int Users = 1_000_000;
    private const int Items = 100_000;
    private const long MaxMemoryBytes = 1L << 30;

    /// <param name="options">Its count is megabytes of CSV.</param>
    public static CampaignReport Run(CampaignOptions options)
    {
        var report = new CampaignReport("flood");
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["flood.lurm"]);
        using var flood = new EventFlood(options.Count * 1_000_000, Users, Items, new Random(options.Seed));
        long most = 0;
        using (var time = new RunningTime(now =>
        {
            most = Math.Max(most, Memory.Private());
            if (now.TotalSeconds % 30 == 0)
            {
                options.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{flood.Position / 1_000_000:N0} of {options.Count:N0} MB read, at most {most >> 20:N0} MiB of memory"));
            }
        }))
        {
            var taken = database.IngestStream(flood, EventStreamFormat.Csv, "flood", cancellationToken: options.CancellationToken);
            report.Add("events", taken.Events);
            Expect(report, "events taken in", taken.Events, flood.Events);
            report.Add("sent", string.Create(CultureInfo.InvariantCulture, $"{flood.Position / 1e9:F2} GB of CSV in {time.Elapsed.TotalSeconds:F0} s"));
        }

        var stats = database.GetStats(options.CancellationToken);
        Expect(report, "events stored", stats.Events, flood.Events);
        report.Add("users", stats.Users);
        report.Add("most memory of the process, without mapped files", string.Create(CultureInfo.InvariantCulture, $"{most >> 20:N0} MiB (at most {MaxMemoryBytes >> 20:N0})"));
        if (most > MaxMemoryBytes)
        {
            report.Found(string.Create(CultureInfo.InvariantCulture, $"it took {most >> 20:N0} MiB of memory"));
        }

        foreach (var problem in database.Check(cancellationToken: options.CancellationToken).Problems)
        {
            report.Found($"check: {problem.Message}");
        }

        return report;
    }

    private static void Expect(CampaignReport report, string what, long found, long expected)
    {
        if (found != expected)
        {
            report.Found(string.Create(CultureInfo.InvariantCulture, $"{what}: {found:N0} instead of {expected:N0}"));
        }
    }
}
