namespace Lurm.Training.Histories;

/// <summary>Past and future: the boundary of periods nearest to a share of all events.</summary>
internal static class TemporalSplit
{
    /// <summary>The first period of the future; none where there are less than two periods.</summary>
    public static int? Find(UserHistories histories, double pastShare = 0.8)
    {
        var perPeriod = new SortedDictionary<int, long>();
        foreach (ref readonly var entry in histories.Entries)
        {
            perPeriod[entry.Period] = perPeriod.GetValueOrDefault(entry.Period) + entry.Count;
        }

        int? best = null;
        var nearest = double.PositiveInfinity;
        var past = 0L;
        foreach (var (period, count) in perPeriod)
        {
            var distance = Math.Abs(((double)past / histories.Events) - pastShare);
            if (past > 0 && distance < nearest)
            {
                (best, nearest) = (period, distance);
            }

            past += count;
        }

        return best;
    }
}
