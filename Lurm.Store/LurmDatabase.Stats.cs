using Lurm.Store.Sqlite;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Counts users, items, events, periods and bytes. Reads the users table and the sizes of the history rows once.</summary>
    public DatabaseStats GetStats(CancellationToken cancellationToken = default)
    {
        var stats = new DatabaseStats();
        using (var read = _connections.Read())
        {
            var session = read.Session;
            using (var users = session.Prepare("SELECT count(*), total(event_count), total(period_count), min(first_seen), max(last_seen) FROM users"))
            {
                users.Step();
                stats.Users = users.Int64(0);
                stats.Events = users.Int64(1);
                stats.Periods = users.Int64(2);
                stats.FirstEvent = users.IsNull(3) ? null : DateTimeOffset.FromUnixTimeSeconds(users.Int64(3));
                stats.LastEvent = users.IsNull(4) ? null : DateTimeOffset.FromUnixTimeSeconds(users.Int64(4));
            }

            cancellationToken.ThrowIfCancellationRequested();
            stats.Items = session.QueryInt64("SELECT count(*) FROM items");
            stats.HistoryBytes = session.QueryInt64("SELECT total(length(counts)) FROM histories");
            stats.Batches = session.QueryInt64("SELECT count(*) FROM batches WHERE state = 'done'");
            stats.UnfinishedBatches = session.QueryInt64("SELECT count(*) FROM batches WHERE state = 'applying'");
            CountRepresentations(stats, session);
            CountErasures(stats, session);
        }

        stats.Bytes = BytesOf(new DirectoryInfo(Folder));
        return stats;
    }

    /// <summary>Fills in representations, the active model and items without interest.</summary>
    partial void CountRepresentations(DatabaseStats stats, Session session);

    /// <summary>Fills in pending erasures.</summary>
    partial void CountErasures(DatabaseStats stats, Session session);

    private static long BytesOf(DirectoryInfo folder)
    {
        long bytes = 0;
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            try
            {
                bytes += file.Length;
            }
            catch (FileNotFoundException)
            {
                // Gone between listing and asking: a log or snapshot that was just replaced.
            }
        }

        return bytes;
    }
}
