using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Lurm.Store.Ingestion;

/// <summary>One batch's way into the database: found done before, or read, checked and applied, in one transaction where it is small, else from a spool in many.</summary>
/// <remarks>
/// Small, that is one chunk: everything in one transaction, so there is nothing to resume. Large: once the batch is read and checked whole, its spool is synced and a row
/// in <c>batches</c> says 'applying'; each chunk's transaction records the chunk. From that row on the batch will be finished, by this process or by the next that
/// opens the database; before it, nothing of the batch is there, and a folder under spool/ that nobody holds is swept away.
/// </remarks>
internal sealed class BatchWork : IDisposable
{
    /// <summary>Events kept in memory before the spool goes to disk: 16 MB.</summary>
    private const long MemoryEvents = 1 << 20;

    /// <summary>Items written in one transaction.</summary>
    private const int ItemsPerTransaction = 20_000;

    private readonly LurmDatabase _database;
    private readonly string _id;
    private readonly Stopwatch _clock;
    private readonly IProgress<IngestProgress>? _progress;
    private SpoolFolder? _folder;

    public BatchWork(LurmDatabase database, string id, Stopwatch clock, IProgress<IngestProgress>? progress)
    {
        _database = database;
        _id = id;
        _clock = clock;
        _progress = progress;
    }

    /// <summary>Whether the batch was taken in before; one that another call began and left is finished here first.</summary>
    public bool TryFindDone(CancellationToken cancellationToken, [NotNullWhen(true)] out IngestReport? report)
    {
        report = null;
        using (var read = _database.Connections.Read())
        {
            if (!BatchLog.TryFind(read.Session, _id, out var row))
            {
                return false;
            }

            if (row.Spool is null)
            {
                report = row.Report.ToReport(_id, alreadyIngested: true);
                return true;
            }
        }

        FinishAll(_database, cancellationToken);
        using (var read = _database.Connections.Read())
        {
            report = BatchLog.TryFind(read.Session, _id, out var row) && row.Spool is null
                ? row.Report.ToReport(_id, alreadyIngested: true)
                : throw Busy();
            return true;
        }
    }

    /// <summary>An empty batch to read into.</summary>
    /// <param name="isLocal">Whether its rows come from files, without waiting for anyone.</param>
    public EventBatch NewBatch(bool isLocal)
    {
        long firstNewKey;
        using (var read = _database.Connections.Read())
        {
            firstNewKey = 1 + Math.Max(
                read.Session.QueryInt64("SELECT seq FROM sqlite_sequence WHERE name = 'users'"),
                read.Session.QueryInt64("SELECT max(user_key) FROM users"));
        }

        var spool = new EventSpool(() => (_folder ??= SpoolFolder.Create(_database.Folder)).EventsFile, MemoryEvents);
        return new EventBatch(_database.Grain, firstNewKey, firstNewKey == 1 ? null : new KnownUsers(_database.Connections, isLocal), spool);
    }

    /// <summary>Applies what was read.</summary>
    public IngestReport Apply(EventBatch batch, EventTaker reader, CancellationToken cancellationToken)
    {
        batch.EndLookups();
        cancellationToken.ThrowIfCancellationRequested();
        var report = new BatchReport { Rows = reader.Rows, LeftOut = reader.LeftOut, ErrorRows = reader.ErrorRows };
        var plan = new ChunkPlan(batch);
        if (!batch.Spool.IsOnDisk && plan.Count <= 1 && batch.Items.Length <= ItemsPerTransaction)
        {
            return ApplyAtOnce(batch, plan, report, cancellationToken)?.ToReport(_id, alreadyIngested: true)
                ?? report.ToReport(_id, alreadyIngested: false, reader.FirstErrors);
        }

        _folder ??= SpoolFolder.Create(_database.Folder);
        BatchFile.Save(batch, _folder);
        long key;
        using (var write = _database.Connections.Write(cancellationToken))
        {
            if (BatchLog.TryFind(write.Session, _id, out var row))
            {
                return row.Spool is null ? row.Report.ToReport(_id, alreadyIngested: true) : throw Busy();
            }

            key = BatchLog.Add(write.Session, _id, _folder.Name, report, _database.Time.GetUtcNow().ToUnixTimeSeconds());
            write.Commit();
        }

        // From here on the batch will be finished, whatever happens to this process.
        _folder.Keep();
        Finish(_database, key, batch, plan, report, _clock, _progress, cancellationToken);
        batch.Dispose();
        _folder.Discard();
        _folder.Dispose();
        _folder = null;

        // What may have waited for this spool to go.
        _database.ResumeErasures();
        return report.ToReport(_id, alreadyIngested: false, reader.FirstErrors);
    }

    public void Dispose() => _folder?.Dispose();

    /// <summary>Finishes every batch that a process left behind, and sweeps away spools that never became one. Those of living processes are let be.</summary>
    public static void FinishAll(LurmDatabase database, CancellationToken cancellationToken)
    {
        foreach (var name in SpoolFolder.All(database.Folder))
        {
            if (!SpoolFolder.TryTake(database.Folder, name, out var folder))
            {
                continue;
            }

            using (folder)
            {
                // Asked only now that the folder is ours: its last owner may have come to its end meanwhile.
                BatchRow row;
                using (var read = database.Connections.Read())
                {
                    row = BatchLog.Unfinished(read.Session).FirstOrDefault(unfinished => unfinished.Spool == name);
                }

                if (row.Spool is null)
                {
                    continue;
                }

                folder.Keep();
                using (var batch = BatchFile.Load(folder, database.Grain))
                {
                    Finish(database, row.Key, batch, new ChunkPlan(batch), row.Report, Stopwatch.StartNew(), null, cancellationToken);
                }

                folder.Discard();
            }
        }
    }

    private static void Finish(
        LurmDatabase database, long key, EventBatch batch, ChunkPlan plan, BatchReport report, Stopwatch clock, IProgress<IngestProgress>? progress, CancellationToken cancellationToken)
    {
        var applier = new BatchApplier(batch, report);
        var stage = Stopwatch.StartNew();
        for (var item = 0; ;)
        {
            using var write = database.Connections.Write(cancellationToken);
            applier.ApplyKinds(write.Session);
            item = applier.ApplyItems(write.Session, item, ItemsPerTransaction);
            BatchLog.Update(write.Session, key, report);
            write.Commit();
            if (item == batch.Items.Length)
            {
                break;
            }
        }

        long applied = 0;
        foreach (var chunk in ChunkLoader.Load(batch, plan, applier, i => IsApplied(database, key, i), cancellationToken))
        {
            using var write = database.Connections.Write(cancellationToken);
            if (BatchLog.IsApplied(write.Session, key, chunk.Chunk))
            {
                continue;
            }

            var events = applier.ApplyChunk(write.Session, chunk);
            BatchLog.AddChunk(write.Session, key, chunk.Chunk, events);
            BatchLog.Update(write.Session, key, report);
            write.Commit();
            applied += events;
            progress?.Report(new IngestProgress("applying", (double)applied / Math.Max(1, batch.Spool.Count), applied, stage.Elapsed));
        }

        report.Milliseconds = clock.ElapsedMilliseconds;
        using (var write = database.Connections.Write(cancellationToken))
        {
            BatchLog.Finish(write.Session, key, report, database.Time.GetUtcNow().ToUnixTimeSeconds());
            write.Commit();
        }
    }

    private static bool IsApplied(LurmDatabase database, long key, int chunk)
    {
        using var read = database.Connections.Read();
        return BatchLog.IsApplied(read.Session, key, chunk);
    }

    // The report of the batch if somebody else took it in meanwhile.
    private BatchReport? ApplyAtOnce(EventBatch batch, ChunkPlan plan, BatchReport report, CancellationToken cancellationToken)
    {
        var applier = new BatchApplier(batch, report);
        using var write = _database.Connections.Write(cancellationToken);
        if (BatchLog.TryFind(write.Session, _id, out var row))
        {
            return row.Spool is null ? row.Report : throw Busy();
        }

        applier.ApplyKinds(write.Session);
        applier.ApplyItems(write.Session, 0, int.MaxValue);
        foreach (var chunk in ChunkLoader.Load(batch, plan, applier, _ => false, cancellationToken))
        {
            applier.ApplyChunk(write.Session, chunk);
        }

        report.Milliseconds = _clock.ElapsedMilliseconds;
        BatchLog.Add(write.Session, _id, null, report, _database.Time.GetUtcNow().ToUnixTimeSeconds());
        write.Commit();
        return null;
    }

    private StoreException Busy() => new(StoreFault.Conflict, $"the batch '{_id}' is being applied by another process. Wait for it, or try again when it has ended.");
}
