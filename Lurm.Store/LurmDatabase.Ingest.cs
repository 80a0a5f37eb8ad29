namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Takes in events of this process, exactly once per batch id.</summary>
    /// <param name="events">Read once.</param>
    /// <param name="batchId">The batch's name, 1 to 256 characters; a name that was taken in before adds nothing.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">Until applying begins, cancelling leaves no trace; after, the batch is finished when the database is opened again.</param>
    /// <exception cref="StoreException">An event breaks a rule; nothing was stored.</exception>
    public IngestReport Ingest(IEnumerable<BehaviourEvent> events, string batchId, IProgress<IngestProgress>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Takes in files of events (CSV, TSV, NDJSON or Parquet, plain or gzip) as one batch, exactly once.</summary>
    /// <param name="paths">At least one.</param>
    /// <param name="mapping">Which columns are what.</param>
    /// <param name="options">What a bad row does, and the batch's id.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">As for <see cref="Ingest"/>.</param>
    /// <exception cref="StoreException">A file or column is missing, or a row is bad; nothing was stored.</exception>
    public IngestReport IngestFiles(IReadOnlyList<string> paths, EventMapping mapping, IngestOptions? options = null, IProgress<IngestProgress>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Takes in a stream of events with the standard names (user, item, time, kind, weight, title, category, attributes), exactly once per batch id.</summary>
    public IngestReport IngestStream(Stream events, EventStreamFormat format, string batchId, IngestOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Adds or changes items from a file (CSV, TSV, NDJSON or Parquet, plain or gzip); its texts and vectors win over what rode with events.</summary>
    public ImportReport ImportItems(string path, ItemMapping mapping, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}
