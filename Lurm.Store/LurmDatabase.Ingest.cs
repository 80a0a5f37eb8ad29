using System.Diagnostics;
using Lurm.Store.Attributes;
using Lurm.Store.Ingestion;
using Lurm.Store.Sqlite;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Takes in events of this process, exactly once per batch id.</summary>
    /// <param name="events">Read once.</param>
    /// <param name="batchId">The batch's name, 1 to 256 characters; a name that was taken in before adds nothing.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">Until applying begins, cancelling leaves no trace; after, the batch is finished when the database is opened again.</param>
    /// <exception cref="StoreException">An event breaks a rule; nothing was stored.</exception>
    public IngestReport Ingest(IEnumerable<BehaviourEvent> events, string batchId, IProgress<IngestProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        var clock = Stopwatch.StartNew();
        if (FindBatch(CheckBatchId(batchId)) is { } known)
        {
            return known;
        }

        using var batch = NewBatch();
        var reader = new BehaviourEventReader(batch, CurrentRegistry());
        reader.ReadAll(events, () => progress?.Report(new IngestProgress("reading", 0, batch.Spool.Count, clock.Elapsed)), cancellationToken);
        return Apply(batch, batchId, reader, clock, progress, cancellationToken);
    }

    /// <summary>Takes in files of events (CSV, TSV, NDJSON or Parquet, plain or gzip) as one batch, exactly once.</summary>
    /// <param name="paths">At least one.</param>
    /// <param name="mapping">Which columns are what.</param>
    /// <param name="options">What a bad row does, and the batch's id.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">As for <see cref="Ingest"/>.</param>
    /// <exception cref="StoreException">A file or column is missing, or a row is bad; nothing was stored.</exception>
    public IngestReport IngestFiles(IReadOnlyList<string> paths, EventMapping mapping, IngestOptions? options = null, IProgress<IngestProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(mapping);
        if (paths.Count == 0)
        {
            throw new ArgumentException("no files were given; expected at least one", nameof(paths));
        }

        options ??= new IngestOptions();
        var clock = Stopwatch.StartNew();
        var columns = new EventColumns(mapping);
        var batchId = options.BatchId is { } given ? CheckBatchId(given) : BatchHash.Of(paths, mapping, cancellationToken);
        if (FindBatch(batchId) is { } known)
        {
            return known;
        }

        using var batch = NewBatch();
        var reader = new EventRowReader(columns, batch, options.OnError, CurrentRegistry());
        for (var i = 0; i < paths.Count; i++)
        {
            using var source = RowFiles.Open(paths[i], columns.Names, columns.IsRequired, mapping.Delimiter);
            var done = i;
            reader.ReadAll(
                source,
                row => progress?.Report(new IngestProgress("reading", (done + row.Fraction) / paths.Count, batch.Spool.Count, clock.Elapsed)),
                cancellationToken);
        }

        return Apply(batch, batchId, reader, clock, progress, cancellationToken);
    }

    /// <summary>Takes in a stream of events with the standard names (user, item, time, kind, weight, title, category, attributes), exactly once per batch id.</summary>
    /// <param name="events">Plain or gzip; read to its end, stays the caller's.</param>
    /// <param name="format">What it is written in; in CSV, attributes is a column of JSON objects.</param>
    /// <param name="batchId">The batch's name, 1 to 256 characters; a name that was taken in before adds nothing.</param>
    /// <param name="options">What a bad row does; its batch id is not looked at.</param>
    /// <param name="cancellationToken">As for <see cref="Ingest"/>.</param>
    /// <exception cref="StoreException">A row is bad; the message names line and column, and nothing was stored.</exception>
    public IngestReport IngestStream(Stream events, EventStreamFormat format, string batchId, IngestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        var clock = Stopwatch.StartNew();
        if (FindBatch(CheckBatchId(batchId)) is { } known)
        {
            return known;
        }

        const string Name = "the stream";
        var columns = EventColumns.Standard;
        using var batch = NewBatch();
        var reader = new EventRowReader(columns, batch, options?.OnError ?? RowErrorAction.Stop, CurrentRegistry());
        var feed = ByteFeed.Of(events);
        using RowSource source = format == EventStreamFormat.Csv
            ? new CsvRows(feed, Name, columns.Names, columns.IsRequired, null)
            : new NdjsonRows(feed, Name, columns.Names);
        reader.ReadAll(source, null, cancellationToken);
        return Apply(batch, batchId, reader, clock, null, cancellationToken);
    }

    /// <summary>Adds or changes items from a file (CSV, TSV, NDJSON or Parquet, plain or gzip); its texts and vectors win over what rode with events.</summary>
    public ImportReport ImportItems(string path, ItemMapping mapping, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    private EventBatch NewBatch()
    {
        long firstNewKey;
        using (var read = _connections.Read())
        {
            firstNewKey = 1 + Math.Max(
                read.Session.QueryInt64("SELECT seq FROM sqlite_sequence WHERE name = 'users'"),
                read.Session.QueryInt64("SELECT max(user_key) FROM users"));
        }

        var spool = new EventSpool(Path.Combine(Folder, "spool", "events.bin"), long.MaxValue);
        return new EventBatch(Grain, firstNewKey, firstNewKey == 1 ? _ => 0 : FindUserKey, spool);
    }

    private static string CheckBatchId(string batchId)
    {
        ArgumentNullException.ThrowIfNull(batchId);
        return batchId.Length is > 0 and <= 256 && !batchId.Any(char.IsControl)
            ? batchId
            : throw new StoreException(StoreFault.Invalid, $"a batch id has {batchId.Length} characters; expected 1 to 256, none of them a control character.");
    }

    private AttributeRegistry CurrentRegistry()
    {
        using var read = _connections.Read();
        return Registry(read.Session);
    }

    private long FindUserKey(ReadOnlySpan<byte> id)
    {
        using var read = _connections.Read();
        using var find = read.Session.Prepare("SELECT user_key FROM users WHERE id = ?1");
        return find.BindText(1, id).Step() ? find.Int64(0) : 0;
    }

    private IngestReport? FindBatch(string batchId)
    {
        using var read = _connections.Read();
        return FindBatch(read.Session, batchId);
    }

    private static IngestReport? FindBatch(Session session, string batchId)
    {
        using var find = session.Prepare("SELECT report FROM batches WHERE id = ?1");
        return find.BindText(1, batchId).Step() ? BatchReport.FromJson(find.Blob(0), batchId) : null;
    }

    private IngestReport Apply(EventBatch batch, string batchId, EventTaker reader, Stopwatch clock, IProgress<IngestProgress>? progress, CancellationToken cancellationToken)
    {
        var applier = new BatchApplier(batch);
        using var write = _connections.Write(cancellationToken);
        var session = write.Session;
        if (FindBatch(session, batchId) is { } known)
        {
            return known;
        }

        applier.ApplyKinds(session);
        applier.ApplyItems(session, 0, int.MaxValue);
        var plan = new ChunkPlan(batch.Users);
        var positions = new int[batch.Users.Length];
        var chunk = new ChunkHistories();
        for (var i = 0; i < plan.Count; i++)
        {
            chunk.Load(batch, plan, i, positions, applier.ItemKeys, applier.KindKeys);
            applier.ApplyChunk(session, chunk);
        }

        var report = new IngestReport
        {
            BatchId = batchId,
            Rows = reader.Rows,
            Events = applier.Events,
            LeftOut = reader.LeftOut,
            ErrorRows = reader.ErrorRows,
            FirstErrors = reader.FirstErrors,
            NewUsers = applier.NewUsers,
            NewItems = applier.NewItems,
            Suppressed = applier.Suppressed,
            Elapsed = clock.Elapsed,
        };
        using (var add = session.Prepare("INSERT INTO batches (id, state, started_at, finished_at, report) VALUES (?1, 'done', ?2, ?2, ?3)"))
        {
            add.BindText(1, batchId).Bind(2, Time.GetUtcNow().ToUnixTimeSeconds()).BindText(3, BatchReport.ToJson(report)).Run();
        }

        write.Commit();
        return report;
    }
}
