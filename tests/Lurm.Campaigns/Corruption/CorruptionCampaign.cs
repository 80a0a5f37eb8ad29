using System.Globalization;
using Lurm.Store;

namespace Lurm.Campaigns.Corruption;

/// <summary>Damages one file of a database and asks it: the right answers or a typed error, within seconds. What is derived must come back by repair and the next embedding.</summary>
internal static class CorruptionCampaign
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    public static CampaignReport Run(CampaignOptions options)
    {
        var report = new CampaignReport("corrupt");
        var random = new Random(options.Seed); // Repeats a campaign.
        using var victim = new Victim();
        using var time = new RunningTime();
        var places = Places(victim);
        var outcomes = new SortedDictionary<string, (long Right, long Refused)>(StringComparer.Ordinal);
        for (long trial = 0; trial < options.Count; trial++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var (name, damage, repairable) = places[random.Next(places.Count)];
            var what = damage(random);
            var started = time.Elapsed;
            var (refused, wrong) = Ask(victim, repairable);
            var took = time.Elapsed - started;
            if (wrong is not null || took > MaxTime)
            {
                report.Found(string.Create(CultureInfo.InvariantCulture, $"trial {trial}, {name}, {what}: {wrong ?? $"took {took.TotalSeconds:F1} s"}"));
            }

            var (right, no) = outcomes.GetValueOrDefault(name);
            outcomes[name] = refused ? (right, no + 1) : (right + 1, no);
            if (trial % 500 == 499)
            {
                options.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trial + 1:N0} of {options.Count:N0}, {report.Findings.Count} findings"));
            }
        }

        foreach (var (name, (right, refused)) in outcomes)
        {
            report.Add(name, string.Create(CultureInfo.InvariantCulture, $"{right + refused:N0} trials: {right:N0} answered rightly, {refused:N0} refused with a typed error"));
        }

        report.Add("trials", options.Count);
        return report;
    }

    private static List<(string Name, Func<Random, string> Damage, bool IsDerived)> Places(Victim victim)
    {
        var snapshots = victim.Files.Keys.Where(path => path.StartsWith("index", StringComparison.Ordinal)).ToArray();
        var bundles = victim.Files.Keys.Where(path => path.StartsWith("models", StringComparison.Ordinal)).ToArray();
        return
        [
            ("snapshot damaged", random => Damaged(Pick(snapshots, random), random), true),
            ("snapshot damaged", random => Damaged(Pick(snapshots, random), random), true),
            ("snapshot of another model, or missing", random => Replaced(Pick(snapshots, random), snapshots, random), true),
            ("bundle file damaged", random => Damaged(Pick(bundles, random), random), false),
            ("bundle file of another model, or missing", random => Replaced(Pick(bundles, random), bundles, random), false),
            ("history blob, a bit flipped", random => InDatabase(victim.Histories, random), false),
            ("representation, a bit flipped", random => InDatabase(victim.Representations, random), true),
            ("representation, a bit flipped, and no snapshot", random => InDatabase(victim.Representations, random, snapshots), true),
        ];

        string Damaged(string path, Random random)
        {
            victim.Copy(path, Damage.Apply(victim.Files[path], random, out var what));
            return $"{path}: {what}";
        }

        string Replaced(string path, string[] others, Random random)
        {
            var other = Pick(others, random);
            victim.Copy(path, other == path ? null : victim.Files[other]);
            return other == path ? $"{path}: missing" : $"{path}: replaced by {other}";
        }

        string InDatabase(IReadOnlyList<byte[]> blobs, Random random, params string[] lost)
        {
            const string Name = "lurm.db";
            byte[] bytes = [.. victim.Files[Name]];
            var blob = blobs[random.Next(blobs.Count)];
            var at = bytes.AsSpan().IndexOf(blob) + random.Next(blob.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            victim.Copy(Name, bytes, lost);
            return $"{Name}, byte {at}";
        }
    }

    private static (bool Refused, string? Wrong) Ask(Victim victim, bool isDerived)
    {
        try
        {
            using var database = LurmDatabase.Open(victim.Folder);
            return (false, victim.Compare(database));
        }
        catch (StoreException fault) when (fault.Fault is StoreFault.Corrupt or StoreFault.Incompatible or StoreFault.NotFound)
        {
            return (true, isDerived ? Repair(victim) : null);
        }
#pragma warning disable CA1031 // Whatever else comes out is what is looked for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (true, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private static string? Repair(Victim victim)
    {
        using var database = LurmDatabase.Open(victim.Folder);
        database.Check(repair: true);
        database.Embed();
        return victim.Compare(database) is { } wrong ? $"after repair {wrong}" : null;
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}
