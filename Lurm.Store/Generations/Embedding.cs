using System.Diagnostics;
using Lurm.Index;
using Lurm.Store.Encoders;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>One run of <c>Embed</c>, under the lease: brings the published generation up to date, or builds and publishes another.</summary>
internal sealed class Embedding
{
    /// <summary>
    /// Changes since the snapshot after which a new one is written at the end of an increment: opening applies each at about half a
    /// millisecond, so a second at most; and a share of the users, so that a small base does not rewrite its file every time.
    /// </summary>
    private const int MaxPendingChanges = 2_000;

    private readonly LurmDatabase _database;
    private readonly Connections _connections;
    private readonly EmbedLease _lease;
    private readonly EmbedOptions _options;
    private readonly IProgress<EmbedProgress>? _progress;
    private readonly SnapshotFiles _snapshots;
    private readonly CancellationToken _cancellationToken;

    public Embedding(LurmDatabase database, EmbedLease lease, EmbedOptions options, IProgress<EmbedProgress>? progress, CancellationToken cancellationToken)
    {
        _database = database;
        _connections = database.Connections;
        _lease = lease;
        _options = options;
        _progress = progress;
        _snapshots = new SnapshotFiles(database.Folder);
        _cancellationToken = cancellationToken;
    }

    public EmbedReport Run()
    {
        var clock = Stopwatch.StartNew();
        var (model, published, resumable, retired) = Look();
        var bundle = _database.ReadBundle(model);
        using var encoder = UserEncoders.Open(bundle, _options.Device, out var fallback);
        var interests = bundle.Interests.MapItems(_database.ReadItems(_cancellationToken), _cancellationToken);
        var kinds = _database.Kinds;
        ChunkEncoder[] encoders =
        [
            .. Enumerable.Range(0, _options.EffectiveThreads)
                .Select(_ => new ChunkEncoder(bundle.Card, new BagBuilder(bundle.Card, bundle.Interests, interests, kinds), encoder, _options.BatchSize)),
        ];

        EmbedReport report;
        if (!_options.All && published?.ModelKey == model.Key)
        {
            report = new EmbedReport(model.Id, published.Number, encoder.Device, fallback);
            Update(published, encoders, report);
        }
        else if (!_options.All && retired is not null && resumable is null)
        {
            report = new EmbedReport(model.Id, retired.Number, encoder.Device, fallback) { IsNewGeneration = true };
            Update(retired, encoders, report);
            Publish(retired.Number);
        }
        else
        {
            var generation = resumable ?? Begin(model);
            report = new EmbedReport(model.Id, generation.Number, encoder.Device, fallback) { IsNewGeneration = true, Resumed = resumable is { Cursor: > 0 } };
            Build(generation, encoders, report);
        }

        Sweep();
        using (var read = _connections.Read())
        {
            report.Representations = GenerationTable.Count(read.Session, report.Generation);
        }

        report.Elapsed = clock.Elapsed;
        return report;
    }

    private (ModelRow Model, Generation? Published, Generation? Resumable, Generation? Retired) Look()
    {
        using var read = _connections.ReadSnapshot();
        var model = _options.ModelId is { } id
            ? ModelRow.Find(read.Session, id) ?? throw new StoreException(StoreFault.NotFound, $"there is no model '{id}'; known are: {string.Join(", ", ModelRow.All(read.Session).Select(row => row.Id))}.")
            : ModelRow.Next(read.Session) ?? throw new StoreException(StoreFault.Unavailable, $"'{_database.Folder}' has no model yet. Train one: run 'lurm-train fit'.");
        return (
            model,
            GenerationTable.Published(read.Session),
            GenerationTable.Building(read.Session, model.Key),
            GenerationTable.Retired(read.Session, model.Key));
    }

    /// <summary>Embeds users changed since the generation was last looked after, as numbered changes that readers follow.</summary>
    private void Update(Generation generation, ChunkEncoder[] encoders, EmbedReport report)
    {
        var clock = Stopwatch.StartNew();
        var version = _database.LastHistoryVersion;
        var changed = _database.ReadChangedUsers(generation.HistoryVersion, _cancellationToken);
        var meter = new StageMeter(_progress, EmbedStage.Encoding, 0, changed.Length);
        var seen = new HashSet<long>();
        EncodingPipeline.Run(
            (visit, stop) => _database.ReadHistories(changed, visit, stop),
            encoders,
            chunk =>
            {
                WriteChanges(generation, chunk, report);
                foreach (var user in chunk.Users)
                {
                    seen.Add(user);
                }

                meter.Add(chunk.Count);
            },
            _cancellationToken);

        // Whose last event was erased or aged out has no history any more, and no representation.
        var gone = changed.Where(user => !seen.Contains(user)).ToArray();
        using (var write = _connections.Write(_cancellationToken))
        {
            _lease.Hold(write.Session);
            Remove(write.Session, generation, gone);
            GenerationTable.SetHistoryVersion(write.Session, generation.Number, version);
            EmbeddingRun.Note(write.Session, generation.Number, Ended(report));
            write.Commit();
        }

        report.Encoding += clock.Elapsed;
        RefreshSnapshot(generation.Number, MaxPendingChanges);
    }

    private void WriteChanges(Generation generation, EncodedChunk chunk, EmbedReport report)
    {
        using var write = _connections.Write(_cancellationToken);
        _lease.Hold(write.Session);
        var change = GenerationTable.TakeChanges(write.Session, chunk.Count);
        using (var writer = new RepresentationWriter(write.Session, generation.Number))
        {
            for (var i = 0; i < chunk.Count; i++)
            {
                var user = chunk.Users[i];
                report.WithoutInterest += chunk.IsZero[i] ? 1 : 0;
                if (chunk.IsZero[i] ? writer.TryDelete(user) : writer.TryWrite(user, chunk.Vector(i)))
                {
                    writer.NoteChange(change + i, user, removed: chunk.IsZero[i]);
                    report.Embedded += chunk.IsZero[i] ? 0 : 1;
                }
            }
        }

        write.Commit();
    }

    private static void Remove(Session session, Generation generation, long[] users)
    {
        using var writer = new RepresentationWriter(session, generation.Number);
        foreach (var user in users)
        {
            if (writer.TryDelete(user))
            {
                writer.NoteChange(GenerationTable.TakeChanges(session, 1), user, removed: true);
            }
        }
    }

    /// <summary>Embeds everyone whom an interrupted build has not embedded yet, and publishes.</summary>
    private void Build(Generation generation, ChunkEncoder[] encoders, EmbedReport report)
    {
        var clock = Stopwatch.StartNew();
        var meter = new StageMeter(_progress, EmbedStage.Encoding, CountUsers(generation.Cursor), CountUsers(long.MaxValue));
        EncodingPipeline.Run(
            (visit, stop) => _database.ReadHistories(visit, generation.Cursor, stop),
            encoders,
            chunk =>
            {
                WriteRows(generation, chunk, report);
                meter.Add(chunk.Count);
            },
            _cancellationToken);

        // Users that changed while this ran.
        CatchUp(generation, encoders, report);
        report.Encoding = clock.Elapsed;

        clock.Restart();
        SaveFromRows(generation);
        report.Indexing = clock.Elapsed;
        Publish(generation.Number);
    }

    private Generation Begin(ModelRow model)
    {
        var version = _database.LastHistoryVersion;
        using var write = _connections.Write(_cancellationToken);
        _lease.Hold(write.Session);
        var number = GenerationTable.Begin(write.Session, model.Key, version, _database.Time.GetUtcNow());
        write.Commit();
        return GenerationTable.Find(write.Session, number)!;
    }

    private void WriteRows(Generation generation, EncodedChunk chunk, EmbedReport report)
    {
        using var write = _connections.Write(_cancellationToken);
        _lease.Hold(write.Session);
        var zero = 0;
        using (var writer = new RepresentationWriter(write.Session, generation.Number))
        {
            for (var i = 0; i < chunk.Count; i++)
            {
                if (chunk.IsZero[i])
                {
                    zero++;
                }
                else if (writer.TryWrite(chunk.Users[i], chunk.Vector(i)))
                {
                    report.Embedded++;
                }
            }
        }

        report.WithoutInterest += zero;
        GenerationTable.Advance(write.Session, generation.Number, chunk.Users[^1], zero);
        write.Commit();
    }

    private void CatchUp(Generation generation, ChunkEncoder[] encoders, EmbedReport report)
    {
        var version = _database.LastHistoryVersion;
        if (version > generation.HistoryVersion)
        {
            var changed = _database.ReadChangedUsers(generation.HistoryVersion, _cancellationToken);
            EncodingPipeline.Run((visit, stop) => _database.ReadHistories(changed, visit, stop), encoders, chunk => WriteChanges(generation, chunk, report), _cancellationToken);
        }

        using var write = _connections.Write(_cancellationToken);
        _lease.Hold(write.Session);
        GenerationTable.SetHistoryVersion(write.Session, generation.Number, version);
        EmbeddingRun.Note(write.Session, generation.Number, Ended(report));
        write.Commit();
    }

    private EmbeddingRun Ended(EmbedReport report) => new(_database.Time.GetUtcNow(), report.Embedded, report.Device, report.Fallback);

    /// <summary>Builds the index of all rows of a generation and writes its snapshot.</summary>
    private void SaveFromRows(Generation generation)
    {
        long watermark;
        using (var read = _connections.Read())
        {
            watermark = GenerationTable.LastChange(read.Session);
        }

        var dimensions = _database.ReadBundle(generation.ModelId).Card.Dimensions;
        var (keys, vectors) = RepresentationReader.ReadAll(_connections, generation.Number, dimensions, _cancellationToken);
        var meter = new StageMeter(_progress, EmbedStage.Indexing, 0, keys.Length);
        using var index = HnswIndex.Build(GenerationView.IndexOptions(dimensions), keys, vectors, _options.EffectiveThreads, meter.AsTotal(), _cancellationToken);
        meter.Finish();
        Save(generation, index, watermark);
    }

    public void Save(Generation generation, HnswIndex index, long watermark)
    {
        _progress?.Report(new EmbedProgress(EmbedStage.Publishing, 0, 1, 0, null));
        var name = _snapshots.Save(index, generation, watermark, _cancellationToken);
        using var write = _connections.Write(_cancellationToken);
        _lease.Hold(write.Session);
        GenerationTable.SetSnapshot(write.Session, generation.Number, name, watermark);
        GenerationTable.DropOldChanges(write.Session);
        write.Commit();
    }

    /// <summary>Writes a new snapshot of a generation where more than <paramref name="pending"/> changes wait to be applied to the one there is.</summary>
    public void RefreshSnapshot(long number, int pending)
    {
        Generation generation;
        long changes;
        using (var read = _connections.ReadSnapshot())
        {
            generation = GenerationTable.Find(read.Session, number)!;
            using var count = read.Session.Prepare("SELECT count(*) FROM representation_changes WHERE change_number > ?1 AND generation IN (0, ?2)");
            count.Bind(1, generation.Watermark).Bind(2, number).Step();
            changes = count.Int64(0);
        }

        if (changes > pending || generation.Snapshot is null || !File.Exists(_snapshots.PathOf(generation.Snapshot)))
        {
            using var view = GenerationView.Open(_database, generation, _cancellationToken);
            view.ApplyChanges(_connections, _cancellationToken);
            Save(generation, view.Index, view.AppliedChange);
        }
    }

    public void Publish(long number)
    {
        using var write = _connections.Write(_cancellationToken);
        _lease.Hold(write.Session);
        GenerationTable.Publish(write.Session, GenerationTable.Find(write.Session, number)!, _database.Time.GetUtcNow());
        write.Commit();
        _progress?.Report(new EmbedProgress(EmbedStage.Publishing, 1, 1, 0, null));
    }

    /// <summary>Deletes what nobody goes back to any more.</summary>
    public void Sweep() => new GenerationSweep(_database, _lease, _cancellationToken).Run(_options.KeepRetired);

    private long CountUsers(long upTo)
    {
        using var read = _connections.Read();
        using var statement = read.Session.Prepare("SELECT count(*) FROM users WHERE user_key <= ?1 AND event_count > 0");
        statement.Bind(1, upTo).Step();
        return statement.Int64(0);
    }
}
