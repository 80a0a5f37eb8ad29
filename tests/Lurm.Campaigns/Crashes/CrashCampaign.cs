using System.Globalization;

namespace Lurm.Campaigns.Crashes;

/// <summary>Kills real processes with SIGKILL, and opens what they leave: nothing acknowledged may be lost or doubled, what is erased stays erased.</summary>
internal static class CrashCampaign
{
    /// <summary>A new database after so many kills: old ones grow slow to examine.</summary>
    private const int KillsPerShop = 60;

    public static CampaignReport Run(CampaignOptions options)
    {
        var report = new CampaignReport("crash");
        var counts = new SortedDictionary<string, (long Kills, long Ends)>(StringComparer.Ordinal);
        long kills = 0;
        long unsurvived = 0;
        for (var round = 0; kills < options.Count; round++)
        {
            using var shop = new DoomedShop(options.Seed * 1_000 + round);
            for (var n = 0; n < KillsPerShop && kills < options.Count;)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                var (what, killed, wrong) = shop.KillOne();
                var (before, ends) = counts.GetValueOrDefault(what);
                counts[what] = killed ? (before + 1, ends) : (before, ends + 1);
                kills += killed ? 1 : 0;
                n += killed ? 1 : 0;
                unsurvived += killed && wrong.Count > 0 ? 1 : 0;
                foreach (var one in wrong)
                {
                    report.Found(string.Create(CultureInfo.InvariantCulture, $"round {round}, kill {kills}, {what}: {one}"));
                    options.Progress.WriteLine(report.Findings[^1]);
                }

                if (killed && kills % 25 == 0)
                {
                    options.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills:N0} of {options.Count:N0} killed, {report.Findings.Count} findings"));
                }
            }
        }

        foreach (var (what, (killed, ends)) in counts)
        {
            report.Add(what, string.Create(CultureInfo.InvariantCulture, $"{killed:N0} killed, {ends:N0} ended before"));
        }

        report.Add("kills survived", string.Create(CultureInfo.InvariantCulture, $"{kills - unsurvived:N0} of {kills:N0}"));
        return report;
    }
}
