using Lurm.Store.Histories;
using Lurm.Training.Algebra;

namespace Lurm.Training.Smen;

/// <summary>The pasts of users who came back, and the interests they touched then.</summary>
internal static class TemporalHoldOut
{
    private const int MinPeriods = 4;
    private const int WindowMonths = 3;

    /// <summary>Cuts the histories at the boundary nearest to four fifths of the events, and asks for the window's most frequent interests; none where there are too few periods or too few users on both sides.</summary>
    public static HoldOut? Of(FitData data, long seed)
    {
        var histories = data.Histories;
        if (histories.LastPeriod - histories.FirstPeriod < MinPeriods || Histories.TemporalSplit.Find(histories) is not { } cut)
        {
            return null;
        }

        var end = cut + (WindowMonths * (data.Source.Card.Grain == PeriodGrain.Day ? 30 : 1));
        int[] users = [.. Enumerable.Range(0, histories.Count)];
        SplitMix.Of(seed, 0x7CA1).Shuffle(users.AsSpan());
        users = [.. users.Where(user => CameBack(user)).Take(HoldOut.MaxUsers).Order()];
        if (users.Length < HoldOut.MinUsers)
        {
            return null;
        }

        HashSet<int>[] touched = [.. users.Select(Touched)];
        int[] targets = [.. touched.SelectMany(set => set).GroupBy(interest => interest).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Take(HoldOut.Targets).Select(group => group.Key)];
        return new HoldOut(histories.Rows(users).Between(int.MinValue, cut), HoldOut.Label(touched, targets));

        bool CameBack(int user) => histories[user][0].Period < cut && Touched(user).Count > 0;

        HashSet<int> Touched(int user) => data.InterestsOf(histories.EntriesBetween(user, cut, end));
    }
}
