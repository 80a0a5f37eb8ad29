using System.Diagnostics;
using Lurm.Store.Attributes;
using Lurm.Store.Ingestion;

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
        using var work = new BatchWork(this, CheckBatchId(batchId), clock, progress);
        if (work.TryFindDone(cancellationToken, out var known))
        {
            return known;
        }

        using var batch = work.NewBatch(isLocal: false);
        var reader = new BehaviourEventReader(batch, CurrentRegistry());
        reader.ReadAll(events, () => progress?.Report(new IngestProgress("reading", 0, batch.Spool.Count, clock.Elapsed)), cancellationToken);
        return work.Apply(batch, reader, cancellationToken);
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
        using var work = new BatchWork(this, batchId, clock, progress);
        if (work.TryFindDone(cancellationToken, out var known))
        {
            return known;
        }

        using var batch = work.NewBatch(isLocal: true);
        var reader = new EventRowReader(columns, batch, options.OnError, CurrentRegistry());
        for (var i = 0; i < paths.Count; i++)
        {
            using var source = RowFiles.Open(paths[i], columns.Names, columns.IsRequired, mapping.Delimiter, new LookAhead(batch, columns.User, columns.Item));
            var done = i;
            reader.ReadAll(
                source,
                row => progress?.Report(new IngestProgress("reading", (done + row.Fraction) / paths.Count, batch.Spool.Count, clock.Elapsed)),
                cancellationToken);
        }

        return work.Apply(batch, reader, cancellationToken);
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
        using var work = new BatchWork(this, CheckBatchId(batchId), clock, null);
        if (work.TryFindDone(cancellationToken, out var known))
        {
            return known;
        }

        const string Name = "the stream";
        var columns = EventColumns.Standard;
        using var batch = work.NewBatch(isLocal: false);
        var reader = new EventRowReader(columns, batch, options?.OnError ?? RowErrorAction.Stop, CurrentRegistry());
        var feed = ByteFeed.Of(events);
        using RowSource source = format == EventStreamFormat.Csv
            ? new CsvRows(feed, Name, columns.Names, columns.IsRequired, null)
            : new NdjsonRows(feed, Name, columns.Names);
        reader.ReadAll(source, null, cancellationToken);
        return work.Apply(batch, reader, cancellationToken);
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
}
