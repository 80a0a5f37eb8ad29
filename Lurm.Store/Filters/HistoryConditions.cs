using Lurm.Store.Histories;

namespace Lurm.Store.Filters;

/// <summary>Answers conditions on histories by reading all of them.</summary>
internal sealed class HistoryConditions(LurmDatabase database, CancellationToken cancellationToken) : IHistoryConditions
{
    public long[] WithInterest(int interest, int? months)
    {
        var interests = database.ItemInterests(cancellationToken);
        var firstPeriod = months is null ? int.MinValue : FirstPeriod(months.Value);
        var keys = new List<long>();
        database.ReadHistories(
            (userKey, entries) =>
            {
                // Newest last.
                for (var i = entries.Length - 1; i >= 0 && entries[i].Period >= firstPeriod; i--)
                {
                    if ((uint)entries[i].Item < (uint)interests.Length && interests[entries[i].Item] == interest)
                    {
                        keys.Add(userKey);
                        return;
                    }
                }
            },
            cancellationToken: cancellationToken);
        return [.. keys];
    }

    public long[] WithItemCount(FilterOperator comparison, double count)
    {
        var keys = new List<long>();
        var items = new HashSet<int>();
        var seen = new HashSet<long>();
        database.ReadHistories(
            (userKey, entries) =>
            {
                items.Clear();
                foreach (var entry in entries)
                {
                    items.Add(entry.Item);
                }

                seen.Add(userKey);
                if (Holds(items.Count, comparison, count))
                {
                    keys.Add(userKey);
                }
            },
            cancellationToken: cancellationToken);
        if (!Holds(0, comparison, count))
        {
            return [.. keys];
        }

        using var read = database.Connections.Read();
        using var without = read.Session.Prepare("SELECT user_key FROM users WHERE event_count = 0");
        while (without.Step())
        {
            if (seen.Add(without.Int64(0)))
            {
                keys.Add(without.Int64(0));
            }
        }

        keys.Sort();
        return [.. keys];
    }

    private static bool Holds(int items, FilterOperator comparison, double count) => comparison switch
    {
        FilterOperator.Equal => items == count,
        FilterOperator.NotEqual => items != count,
        FilterOperator.LessThan => items < count,
        FilterOperator.LessThanOrEqual => items <= count,
        FilterOperator.GreaterThan => items > count,
        _ => items >= count,
    };

    // Months count back from the newest event of the database and include its month, so that a log of last year answers as it would have then.
    private int FirstPeriod(int months)
    {
        using var read = database.Connections.Read();
        var newest = DateTimeOffset.FromUnixTimeSeconds(read.Session.QueryInt64("SELECT MAX(last_seen) FROM users"));
        var newestMonth = (newest.Year - 1970) * 12 + newest.Month - 1;
        var firstMonth = newestMonth - months + 1;
        if (database.Grain == PeriodGrain.Month)
        {
            return firstMonth;
        }

        return firstMonth < 0 ? 0 : (int)(new DateTime(1970 + firstMonth / 12, firstMonth % 12 + 1, 1) - DateTime.UnixEpoch).TotalDays;
    }
}
