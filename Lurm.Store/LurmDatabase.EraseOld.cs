using Lurm.Store.Histories;
using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    private const int RetainUsersPerTransaction = 200;

    /// <summary>Drops all periods older than <paramref name="months"/> whole calendar months before the present one, and users of whom nothing is left.</summary>
    /// <param name="months">1 to 1,200.</param>
    /// <param name="asOf">The moment it counts back from; the present where none is given.</param>
    /// <param name="cancellationToken">Checked between transactions; what was dropped stays dropped.</param>
    /// <remarks>
    /// <see cref="UserRecord.FirstSeen"/> of a shortened user becomes the start of the earliest period kept. Users without events but with
    /// attributes are kept if they never had events.
    /// </remarks>
    public RetainReport Retain(int months, DateTimeOffset? asOf = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(months, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(months, 1_200);
        var now = (asOf ?? Time.GetUtcNow()).UtcDateTime;
        var firstMoment = new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(-months);
        var firstPeriod = Math.Max(0, Grain == PeriodGrain.Month ? (firstMoment.Year - 1970) * 12 + firstMoment.Month - 1 : (int)(firstMoment - DateTime.UnixEpoch).TotalDays);
        var cutoff = Math.Max(0, new DateTimeOffset(firstMoment).ToUnixTimeSeconds());

        long events = 0, shortened = 0;
        var emptied = new List<long>();
        long after = 0;
        List<long> page;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page = UsersSeenBefore(cutoff, after);
            if (page.Count == 0)
            {
                break;
            }

            using var write = Connections.Write(cancellationToken);
            var shortener = new HistoryShortener(write.Session, firstPeriod, Grain);
            foreach (var key in page)
            {
                var (dropped, isEmpty) = shortener.Shorten(key);
                events += dropped;
                if (isEmpty)
                {
                    emptied.Add(key);
                }
                else if (dropped > 0)
                {
                    shortened++;
                }
            }

            write.Commit();
            after = page[^1];
        }
        while (page.Count == RetainUsersPerTransaction);

        long erasure;
        using (var write = Connections.Write(cancellationToken))
        {
            AuditLog.Append(write.Session, "retention.applied", new { months, firstPeriod, events, shortened, erased = emptied.Count }, Time);
            erasure = new Erasure(this).Request(write.Session, emptied, suppress: [], allow: [], unknownIds: 0, "retention");
            write.Commit();
        }

        var report = Finish(erasure, cancellationToken);
        return new RetainReport(firstPeriod, events, shortened, emptied.Count, report.IsFinished);
    }

    // Emptied users of a run that was cut off are found again: they have no events but a version.
    private List<long> UsersSeenBefore(long cutoff, long after)
    {
        var keys = new List<long>();
        using var read = Connections.Read();
        using var users = read.Session.Prepare(
            """
            SELECT user_key FROM users
            WHERE user_key > ?1 AND (first_seen < ?2 OR (event_count = 0 AND history_version > 0))
            ORDER BY user_key LIMIT ?3
            """);
        users.Bind(1, after).Bind(2, cutoff).Bind(3, RetainUsersPerTransaction);
        while (users.Step())
        {
            keys.Add(users.Int64(0));
        }

        return keys;
    }
}
