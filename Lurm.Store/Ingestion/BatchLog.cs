using Lurm.Store.Sqlite;

namespace Lurm.Store.Ingestion;

/// <summary>The tables <c>batches</c> and <c>batch_chunks</c>.</summary>
internal static class BatchLog
{
    /// <summary>Finds a batch by its id.</summary>
    public static bool TryFind(Session session, string id, out BatchRow row)
    {
        using var find = session.Prepare("SELECT batch_key, id, spool, report FROM batches WHERE id = ?1");
        return TryRead(find.BindText(1, id), out row);
    }

    /// <summary>All batches that are not applied to their end.</summary>
    public static IReadOnlyList<BatchRow> Unfinished(Session session)
    {
        var rows = new List<BatchRow>();
        using var find = session.Prepare("SELECT batch_key, id, spool, report FROM batches WHERE state = 'applying' ORDER BY batch_key");
        while (TryRead(find, out var row))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Adds a batch; with a spool it is 'applying', without it is 'done'.</summary>
    public static long Add(Session session, string id, string? spool, BatchReport report, long unixSeconds)
    {
        using var add = session.Prepare("INSERT INTO batches (id, state, spool, started_at, finished_at, report) VALUES (?1, ?2, ?3, ?4, iif(?3 IS NULL, ?4, NULL), ?5) RETURNING batch_key");
        add.BindText(1, id).BindText(2, spool is null ? "done" : "applying").BindText(3, spool).Bind(4, unixSeconds).BindText(5, report.ToJson());
        add.Step();
        return add.Int64(0);
    }

    /// <summary>Writes the counts so far.</summary>
    public static void Update(Session session, long batchKey, BatchReport report)
    {
        using var update = session.Prepare("UPDATE batches SET report = ?2 WHERE batch_key = ?1");
        update.Bind(1, batchKey).BindText(2, report.ToJson()).Run();
    }

    public static void Finish(Session session, long batchKey, BatchReport report, long unixSeconds)
    {
        using var update = session.Prepare("UPDATE batches SET state = 'done', spool = NULL, finished_at = ?3, report = ?2 WHERE batch_key = ?1");
        update.Bind(1, batchKey).BindText(2, report.ToJson()).Bind(3, unixSeconds).Run();
    }

    /// <summary>Whether a chunk is applied.</summary>
    public static bool IsApplied(Session session, long batchKey, int chunk)
    {
        using var find = session.Prepare("SELECT 1 FROM batch_chunks WHERE batch_key = ?1 AND chunk = ?2");
        return find.Bind(1, batchKey).Bind(2, chunk).Step();
    }

    public static void AddChunk(Session session, long batchKey, int chunk, long events)
    {
        using var add = session.Prepare("INSERT INTO batch_chunks (batch_key, chunk, events) VALUES (?1, ?2, ?3)");
        add.Bind(1, batchKey).Bind(2, chunk).Bind(3, events).Run();
    }

    private static bool TryRead(Statement find, out BatchRow row)
    {
        if (!find.Step())
        {
            row = default;
            return false;
        }

        row = new BatchRow(find.Int64(0), find.Text(1)!, find.Text(2), BatchReport.FromJson(find.Blob(3)));
        return true;
    }
}

/// <summary>A row of <c>batches</c>; without a spool it is done.</summary>
internal readonly record struct BatchRow(long Key, string Id, string? Spool, BatchReport Report);
