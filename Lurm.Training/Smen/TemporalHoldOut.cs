using Lurm.Store.Histories;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;

namespace Lurm.Training.Smen;

/// <summary>The pasts of users who came back, and the interests they touched then: what <c>fit</c> chooses options by.</summary>
/// <param name="Past">Their histories before the boundary nearest to four fifths of the events.</param>
/// <param name="Labels">Which of the window's most frequent interests each touched after it, 0 or 1, row-major, shape [Past.Count × Targets].</param>
internal sealed record TemporalHoldOut(UserHistories Past, float[] Labels)
{
    /// <summary>Interests asked about; where there are fewer, the rest of the labels are 0.</summary>
    public const int Targets = 50;

    private const int MaxUsers = 4000;
    private const int MinUsers = 300;
    private const int MinPeriods = 4;
    private const int WindowMonths = 3;

    /// <summary>Cuts the histories in two; none where there are too few periods or too few users on both sides.</summary>
    public static TemporalHoldOut? Of(FitData data, long seed)
    {
        var histories = data.Histories;
        if (histories.LastPeriod - histories.FirstPeriod < MinPeriods || TemporalSplit.Find(histories) is not { } cut)
        {
            return null;
        }

        var end = cut + (WindowMonths * (data.Source.Card.Grain == PeriodGrain.Day ? 30 : 1));
        int[] users = [.. Enumerable.Range(0, histories.Count)];
        SplitMix.Of(seed, 0x7CA1).Shuffle(users.AsSpan());
        users = [.. users.Where(user => CameBack(user)).Take(MaxUsers).Order()];
        return users.Length < MinUsers
            ? null
            : new TemporalHoldOut(histories.Rows(users).Between(int.MinValue, cut), Label([.. users.Select(Touched)]));

        bool CameBack(int user) => histories[user][0].Period < cut && Touched(user).Count > 0;

        HashSet<int> Touched(int user)
        {
            var touched = new HashSet<int>();
            foreach (ref readonly var entry in histories.EntriesBetween(user, cut, end))
            {
                if (data.Items.NumberOf[entry.Item] is >= 0 and var number)
                {
                    touched.Add(data.Table.Assigned[number]);
                }
            }

            return touched;
        }
    }

    private static float[] Label(HashSet<int>[] touched)
    {
        int[] targets = [.. touched.SelectMany(set => set).GroupBy(interest => interest).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Take(Targets).Select(group => group.Key)];
        var labels = new float[touched.Length * Targets];
        for (var row = 0; row < touched.Length; row++)
        {
            for (var target = 0; target < targets.Length; target++)
            {
                labels[(row * Targets) + target] = touched[row].Contains(targets[target]) ? 1 : 0;
            }
        }

        return labels;
    }
}
