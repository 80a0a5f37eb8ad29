using Lurm.Store.Histories;
using Lurm.Training.Histories;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>Draws a few users with long histories: their most frequent interests by period.</summary>
internal static class HistoryPictures
{
    private const int MostInterests = 12;
    private const int MostPeriods = 36;

    public static IEnumerable<HistoryPicture> Choose(UserHistories histories, EvaluatedModel model, PeriodGrain grain, Func<long, string> userId, int count, long seed)
    {
        // From the tenth with the most periods, so that there is a life to see.
        var byLife = Enumerable.Range(0, histories.Count).OrderByDescending(row => Periods(histories[row])).ThenBy(row => row).ToArray();
        var pool = byLife[..Math.Min(byLife.Length, Math.Max(count, byLife.Length / 10))];
        var random = new SampleRandom(seed, 61);
        for (var i = 0; i < Math.Min(count, pool.Length); i++)
        {
            var other = i + random.Next(pool.Length - i);
            (pool[i], pool[other]) = (pool[other], pool[i]);
            yield return Draw(userId(histories.Keys[pool[i]]), histories[pool[i]], model, grain);
        }
    }

    private static int Periods(ReadOnlySpan<HistoryEntry> history)
    {
        var periods = 0;
        for (var i = 0; i < history.Length; i++)
        {
            periods += i == 0 || history[i].Period != history[i - 1].Period ? 1 : 0;
        }

        return periods;
    }

    private static HistoryPicture Draw(string user, ReadOnlySpan<HistoryEntry> history, EvaluatedModel model, PeriodGrain grain)
    {
        var last = history[^1].Period;
        var first = Math.Max(history[0].Period, last - MostPeriods + 1);
        var counts = new Dictionary<int, int[]>();
        foreach (ref readonly var entry in history)
        {
            var interest = (uint)entry.Item < (uint)model.InterestOfItem.Length ? model.InterestOfItem[entry.Item] : -1;
            if (interest < 0 || entry.Period < first)
            {
                continue;
            }

            if (!counts.TryGetValue(interest, out var row))
            {
                counts[interest] = row = new int[last - first + 1];
            }

            row[entry.Period - first] += entry.Count;
        }

        // Top interests, then in the order of their first month, so that a change of taste reads as a diagonal.
        var top = counts.OrderByDescending(pair => pair.Value.Sum())
            .ThenBy(pair => pair.Key)
            .Take(MostInterests)
            .OrderBy(pair => Array.FindIndex(pair.Value, count => count > 0))
            .ToArray();
        return new HistoryPicture(
            user,
            [.. top.Select(pair => model.Labels[pair.Key])],
            [.. Enumerable.Range(first, last - first + 1).Select(period => PeriodName(period, grain))],
            [.. top.Select(pair => pair.Value)]);
    }

    private static string PeriodName(int period, PeriodGrain grain) => grain == PeriodGrain.Month
        ? $"{1970 + (period / 12)}-{(period % 12) + 1:D2}"
        : DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + period).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
