using Lurm.Store.Generations;
using Lurm.Store.Histories;
using Lurm.Store.Ingestion;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Privacy;

/// <summary>Forgets users physically, in steps that may each be repeated: intent, rows, representations, files, log and unused bytes, certificate.</summary>
/// <remarks>
/// SQLite zeroes what it frees (<c>secure_delete</c>), but the write-ahead log keeps old pages until it is emptied, and only a moment
/// without an older reader lets it be; and pages keep copies of rows that were moved. So an erasure stays pending until a truncating
/// checkpoint and a <see cref="PageCleaner"/> have gone through.
/// </remarks>
internal sealed class Erasure(LurmDatabase database)
{
    private const int UsersPerTransaction = 500;

    /// <summary>Writes the intent: from its commit on, the erasure happens, whatever else does.</summary>
    /// <param name="session">The writer, in the transaction that the intent commits with.</param>
    /// <param name="userKeys">Users to erase.</param>
    /// <param name="suppress">Ids that must not come back.</param>
    /// <param name="allow">Ids that may come back, even if an earlier erasure said otherwise.</param>
    /// <param name="unknownIds">Ids asked for that nobody has.</param>
    /// <param name="reason">request or retention.</param>
    public long Request(Session session, IReadOnlyCollection<long> userKeys, IReadOnlyCollection<string> suppress, IReadOnlyCollection<string> allow, long unknownIds, string reason)
    {
        var now = Now();
        long erasure;
        using (var insert = session.Prepare("INSERT INTO erasures (state, reason, requested_at, users, unknown_ids, allow_return) VALUES ('pending', ?1, ?2, ?3, ?4, ?5) RETURNING erasure_key"))
        {
            insert.BindText(1, reason).Bind(2, now).Bind(3, userKeys.Count).Bind(4, unknownIds).Bind(5, suppress.Count == 0 ? 1 : 0);
            insert.Step();
            erasure = insert.Int64(0);
        }

        using (var insert = session.Prepare("INSERT INTO erasure_users (erasure_key, user_key) VALUES (?1, ?2)"))
        {
            foreach (var key in userKeys)
            {
                insert.Bind(1, erasure).Bind(2, key).Run();
            }
        }

        if (suppress.Count > 0)
        {
            SuppressionList.Add(session, suppress, now);
        }

        SuppressionList.Remove(session, allow);
        AuditLog.Append(session, "erasure.requested", new { erasure, reason, users = userKeys.Count, unknownIds }, database.Time);
        return erasure;
    }

    /// <summary>Takes a pending erasure as far as it goes.</summary>
    /// <param name="erasure">Its number.</param>
    /// <param name="patience">How long to wait for readers that keep the log from being emptied.</param>
    /// <param name="cancellationToken">Checked between steps and transactions; what is left is done later.</param>
    /// <returns>What it waits for, or none when it is finished.</returns>
    public string? Run(long erasure, TimeSpan patience, CancellationToken cancellationToken)
    {
        var userKeys = UserKeys(erasure);
        DeleteRows(erasure, userKeys, cancellationToken);
        database.OnErasureStep(ErasureStep.RowsDeleted);

        AddCounts(erasure, representations: database.EraseRepresentationsOf(userKeys));
        database.OnErasureStep(ErasureStep.RepresentationsDeleted);

        if ((UnfinishedBatch(cancellationToken) ?? RetireFiles(cancellationToken)) is { } obstacle)
        {
            return obstacle;
        }

        database.OnErasureStep(ErasureStep.FilesRetired);
        using var cleaner = new PageCleaner(database.Connections);
        if (!cleaner.Run(patience, session => Finish(session, erasure), cancellationToken))
        {
            return "a reader that was open before the erasure and keeps the write-ahead log from being emptied";
        }

        database.OnErasureStep(ErasureStep.Finished);
        return null;
    }

    /// <summary>The numbers of erasures that are not finished.</summary>
    public List<long> Pending()
    {
        var pending = new List<long>();
        using var read = database.Connections.Read();
        using var statement = read.Session.Prepare("SELECT erasure_key FROM erasures WHERE state = 'pending' ORDER BY erasure_key");
        while (statement.Step())
        {
            pending.Add(statement.Int64(0));
        }

        return pending;
    }

    /// <summary>What an erasure has done so far.</summary>
    public EraseReport Report(long erasure, string? waitsFor)
    {
        using var read = database.Connections.Read();
        using var row = read.Session.Prepare(
            """
            SELECT state, requested_at, finished_at, users, unknown_ids, events, history_rows, attribute_rows, representations, allow_return
            FROM erasures WHERE erasure_key = ?1
            """);
        row.Bind(1, erasure).Step();
        var isFinished = row.Text(0) == "done";
        return new EraseReport(
            erasure,
            isFinished,
            DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(1)),
            row.IsNull(2) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(2)),
            row.Int64(3),
            row.Int64(4),
            row.Int64(5),
            row.Int64(6),
            row.Int64(7),
            row.Int64(8),
            row.Int64(9) != 0,
            isFinished ? null : waitsFor);
    }

    private long[] UserKeys(long erasure)
    {
        var keys = new List<long>();
        using var read = database.Connections.Read();
        using var statement = read.Session.Prepare("SELECT user_key FROM erasure_users WHERE erasure_key = ?1 ORDER BY user_key");
        statement.Bind(1, erasure);
        while (statement.Step())
        {
            keys.Add(statement.Int64(0));
        }

        return [.. keys];
    }

    private void DeleteRows(long erasure, long[] userKeys, CancellationToken cancellationToken)
    {
        for (var start = 0; start < userKeys.Length; start += UsersPerTransaction)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var write = database.Connections.Write(cancellationToken);
            long events = 0, historyRows = 0, attributeRows = 0;
            using (var count = write.Session.Prepare("SELECT COALESCE(SUM(events), 0) FROM histories WHERE segment BETWEEN ?1 AND ?2"))
            using (var histories = write.Session.Prepare("DELETE FROM histories WHERE segment BETWEEN ?1 AND ?2"))
            using (var attributes = write.Session.Prepare("DELETE FROM attribute_values WHERE user_key = ?1"))
            using (var users = write.Session.Prepare("DELETE FROM users WHERE user_key = ?1"))
            {
                foreach (var key in userKeys.AsSpan(start, Math.Min(UsersPerTransaction, userKeys.Length - start)))
                {
                    var (first, last) = (SegmentKey.Of(key, 0), SegmentKey.Of(key, HistoryCodec.MaxPeriod));
                    count.Bind(1, first).Bind(2, last).Step();
                    events += count.Int64(0);
                    count.Reset();
                    histories.Bind(1, first).Bind(2, last).Run();
                    historyRows += write.Session.Changes;
                    attributes.Bind(1, key).Run();
                    attributeRows += write.Session.Changes;
                    users.Bind(1, key).Run();
                }
            }

            AddCounts(write.Session, erasure, events, historyRows, attributeRows, representations: 0);
            BumpErasureVersion(write.Session);
            write.Commit();
        }
    }

    // Readers who follow attribute values by version see no deletions; this number tells them to start anew.
    private static void BumpErasureVersion(Session session) =>
        session.Execute("INSERT INTO settings (name, value) VALUES ('erasure_version', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1");

    private void AddCounts(long erasure, long representations)
    {
        if (representations == 0)
        {
            return;
        }

        using var write = database.Connections.Write();
        AddCounts(write.Session, erasure, 0, 0, 0, representations);
        write.Commit();
    }

    private static void AddCounts(Session session, long erasure, long events, long historyRows, long attributeRows, long representations)
    {
        using var update = session.Prepare(
            """
            UPDATE erasures SET events = events + ?2, history_rows = history_rows + ?3, attribute_rows = attribute_rows + ?4, representations = representations + ?5
            WHERE erasure_key = ?1 AND state = 'pending'
            """);
        update.Bind(1, erasure).Bind(2, events).Bind(3, historyRows).Bind(4, attributeRows).Bind(5, representations).Run();
    }

    // A batch that is being taken in has its rows, with their users, in a spool until its last chunk is applied.
    private string? UnfinishedBatch(CancellationToken cancellationToken)
    {
        var spool = new DirectoryInfo(Path.Combine(database.Folder, "spool"));
        if (!spool.Exists || !spool.EnumerateFiles("*", SearchOption.AllDirectories).Any())
        {
            return null;
        }

        // What a killed process left is finished here; what is left then belongs to a living one.
        BatchWork.FinishAll(database, cancellationToken);
        return spool.EnumerateFiles("*", SearchOption.AllDirectories).Any() ? "a batch that is being taken in; its spool may hold the users' rows" : null;
    }

    // Backups of migrations, and every file of vectors that was begun before the rows were gone.
    private string? RetireFiles(CancellationToken cancellationToken)
    {
        foreach (var backup in Directory.EnumerateFiles(database.Folder, $"{LurmDatabase.FileName}.v*.backup"))
        {
            File.Delete(backup);
        }

        var files = new SnapshotFiles(database.Folder);
        if (!Directory.Exists(files.Folder))
        {
            return null;
        }

        try
        {
            using var lease = EmbedLease.Take(database.Connections, database.Time, cancellationToken);
            List<Generation> kept;
            using (var write = database.Connections.Write(cancellationToken))
            {
                kept = GenerationTable.All(write.Session).FindAll(generation => generation.Snapshot is not null);
                var last = GenerationTable.LastChange(write.Session);
                foreach (var old in kept.FindAll(generation => generation.Watermark < last))
                {
                    GenerationTable.DropSnapshot(write.Session, old.Number);
                    kept.Remove(old);
                }

                write.Commit();
            }

            files.Sweep(kept.Select(generation => generation.Snapshot!));
            return null;
        }
        catch (StoreException exception) when (exception.Fault == StoreFault.Conflict)
        {
            return "an embedding that is running; it may have read the users' vectors before they were erased";
        }
    }

    // In the transaction that cleaned the last pages.
    private void Finish(Session session, long erasure)
    {
        database.OnErasureStep(ErasureStep.PagesCleaned);
        using (var done = session.Prepare("UPDATE erasures SET state = 'done', finished_at = ?2 WHERE erasure_key = ?1 AND state = 'pending'"))
        {
            done.Bind(1, erasure).Bind(2, Now()).Run();
        }

        if (session.Changes == 0)
        {
            // Another process was faster.
            return;
        }

        using (var users = session.Prepare("DELETE FROM erasure_users WHERE erasure_key = ?1"))
        {
            users.Bind(1, erasure).Run();
        }

        using var row = session.Prepare("SELECT users, events, history_rows, attribute_rows, representations FROM erasures WHERE erasure_key = ?1");
        row.Bind(1, erasure).Step();
        AuditLog.Append(
            session,
            "erasure.done",
            new { erasure, users = row.Int64(0), events = row.Int64(1), historyRows = row.Int64(2), attributeRows = row.Int64(3), representations = row.Int64(4) },
            database.Time);
    }

    private long Now() => database.Time.GetUtcNow().ToUnixTimeMilliseconds();
}
