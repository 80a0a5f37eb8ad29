using Lurm.Store.Histories;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;

namespace Lurm.Training.Smen;

/// <summary>Users without some interests, which are to be predicted from the rest: a hold-out where time gives none.</summary>
internal static class HiddenInterests
{
    private const double LeastShare = 0.05;
    private const double MostShare = 0.5;

    /// <summary>Hides interests that a twentieth to a half of the users have, drawn by seed; none where there are too few of them, or of users who keep something.</summary>
    public static HoldOut? Of(FitData data, long seed)
    {
        var histories = data.Histories;
        int[] users = [.. Enumerable.Range(0, histories.Count)];
        SplitMix.Of(seed, 0x41D).Shuffle(users.AsSpan());
        users = [.. users.Take(HoldOut.MaxUsers).Order()];
        HashSet<int>[] sets = [.. users.Select(user => data.InterestsOf(histories[user]))];
        int[] telling = [.. sets.SelectMany(set => set).GroupBy(interest => interest)
            .Where(group => group.Count() >= LeastShare * users.Length && group.Count() <= MostShare * users.Length).Select(group => group.Key).Order()];

        // The hidden ones are to be a small part of what tells users apart.
        if (users.Length < HoldOut.MinUsers || telling.Length < 4 * HoldOut.Targets)
        {
            return null;
        }

        SplitMix.Of(seed, 0x41E).Shuffle(telling.AsSpan());
        var targets = telling[..HoldOut.Targets];
        var hidden = targets.ToHashSet();
        var past = new UserHistories.Builder();
        var kept = new List<HashSet<int>>();
        foreach (var (user, set) in users.Zip(sets))
        {
            HistoryEntry[] left = [.. histories[user].ToArray().Where(entry => !hidden.Contains(data.InterestOf(entry.Item)))];
            if (left.Length > 0)
            {
                past.Add(histories.Keys[user], left);
                kept.Add(set);
            }
        }

        return kept.Count < HoldOut.MinUsers ? null : new HoldOut(past.Build(), HoldOut.Label(kept, targets));
    }
}
