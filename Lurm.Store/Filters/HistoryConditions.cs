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
