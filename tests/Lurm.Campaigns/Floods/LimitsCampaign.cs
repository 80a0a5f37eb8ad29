using System.Globalization;
using Lurm.Store;
using Lurm.Store.Tests.Generations;

namespace Lurm.Campaigns.Floods;

/// <summary>The largest queries that are allowed, on a database in which they are large: answered rightly, in bounded time and memory; one more is refused.</summary>
internal static class LimitsCampaign
{
    private const int AudienceUsers = 10_000;
    private const int MostTerms = 100;
    private const int MostCharacters = 4_096;
    private const long MaxMemoryBytes = 3L << 30;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(60);

    /// <param name="options">Its count is the number of users; half a million of them are seeds.</param>
    public static CampaignReport Run(CampaignOptions options)
    {
        var report = new CampaignReport("limits");
        long most = 0;
        using var time = new RunningTime(_ => most = Math.Max(most, Memory.Private()));
        using var shop = new Shop(users: 0);
        var users = (int)options.Count;
        shop.Ingest(Enumerable.Range(0, users));
        shop.Register("m1", head: true);
        shop.Database.Embed(cancellationToken: options.CancellationToken);
        report.Add("users", shop.Database.GetStats().Representations);
        options.Progress.WriteLine($"{users} users after {time.Elapsed.TotalSeconds:F0} s");

        // Seeds of one taste come first, so that the audience must be of it.
        var seeds = Enumerable.Range(0, users).OrderBy(user => user % Shop.Tastes).Take(Math.Min(LookalikeQuery.MaxSeeds, users / 2)).Select(Id).ToArray();
        Ask("lookalike", () =>
        {
            var audience = shop.Database.Lookalike(new LookalikeQuery { Seeds = seeds, Size = AudienceSize.Count(AudienceUsers) }, options.CancellationToken);
            return audience.MatchedSeeds == seeds.Length && audience.Members.Count == AudienceUsers ? $"{seeds.Length:N0} seeds, {AudienceUsers:N0} members" : null;
        });
        Refused("a seed more than is allowed", () => shop.Database.Lookalike(new LookalikeQuery { Seeds = [.. Enumerable.Range(0, LookalikeQuery.MaxSeeds + 1).Select(Id)] }, options.CancellationToken));

        var (list, listed) = LargestList();
        Ask("filter, a list of ids", () => shop.Database.CountUsers(UserFilter.Parse(list), options.CancellationToken) == listed ? $"{list.Length:N0} characters, {listed} users" : null);
        var tree = LargestTree();
        Ask("filter, terms over histories", () => shop.Database.CountUsers(UserFilter.Parse(tree), options.CancellationToken) == users ? $"{tree.Length:N0} characters, everyone" : null);
        Refused("a character more than is allowed", () => UserFilter.Parse(list.PadRight(MostCharacters + 1)));

        report.Add("most memory of the process, without mapped files", string.Create(CultureInfo.InvariantCulture, $"{most >> 20:N0} MiB (at most {MaxMemoryBytes >> 20:N0})"));
        if (most > MaxMemoryBytes)
        {
            report.Found(string.Create(CultureInfo.InvariantCulture, $"it took {most >> 20:N0} MiB of memory"));
        }

        return report;

        void Ask(string what, Func<string?> ask)
        {
            var started = time.Elapsed;
            var outcome = ask();
            var took = time.Elapsed - started;
            report.Add(what, string.Create(CultureInfo.InvariantCulture, $"{outcome ?? "a wrong answer"}, {took.TotalSeconds:F1} s"));
            if (outcome is null || took > MaxTime)
            {
                report.Found(string.Create(CultureInfo.InvariantCulture, $"{what}: {outcome ?? "a wrong answer"} after {took.TotalSeconds:F1} s"));
            }
        }

        void Refused(string what, Action ask)
        {
            try
            {
                ask();
                report.Found($"{what} was not refused");
            }
            catch (Exception fault) when (fault is StoreException { Fault: StoreFault.Invalid } or ArgumentException)
            {
                report.Add(what, "refused");
            }
        }
    }

    private static (string Text, int Listed) LargestList()
    {
        var ids = 1;
        while (List(ids + 1).Length <= MostCharacters && IsAllowed(List(ids + 1)))
        {
            ids++;
        }

        return (List(ids), ids);
    }

    private static string LargestTree()
    {
        var terms = MostTerms;
        while (!IsAllowed(Tree(0, terms)))
        {
            terms--;
        }

        return Tree(0, terms);
    }

    private static bool IsAllowed(string text)
    {
        try
        {
            UserFilter.Parse(text);
            return true;
        }
        catch (StoreException fault) when (fault.Fault == StoreFault.Invalid)
        {
            return false;
        }
    }

    private static string List(int ids) => $"Id in ({string.Join(',', Enumerable.Range(0, ids).Select(user => $"'{Id(user)}'"))})";

    // Balanced, so that the limit on depth is not the one that is met.
    private static string Tree(int first, int terms) => terms == 1
        ? string.Create(CultureInfo.InvariantCulture, $"Lurm.HasInterest(interest={first % Shop.Items},months=999)")
        : $"({Tree(first, terms / 2)} or {Tree(first + (terms / 2), terms - (terms / 2))})";

    private static string Id(int user) => string.Create(CultureInfo.InvariantCulture, $"u{user}");
}
