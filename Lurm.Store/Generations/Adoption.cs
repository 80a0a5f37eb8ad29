using Lurm.Index;
using Lurm.Store.Encoders;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>Takes a portable generation file in, under the lease: rows, snapshot, and one publishing transaction.</summary>
internal sealed class Adoption(LurmDatabase database, EmbedLease lease, CancellationToken cancellationToken)
{
    /// <summary>Rows of one transaction.</summary>
    private const int Slice = 4096;

    private readonly Connections _connections = database.Connections;
    private readonly SnapshotFiles _snapshots = new(database.Folder);

    public AdoptReport Run(string path)
    {
        Directory.CreateDirectory(_snapshots.Folder);
        var snapshot = _snapshots.PathOf($"adopt-{Guid.NewGuid():N}{DurableFiles.TemporarySuffix}");
        try
        {
            var (header, users) = GenerationFile.Read(path, snapshot);
            var model = Model(path, header);
            var embedding = new Embedding(database, lease, new EmbedOptions(), null, cancellationToken);
            using var index = Open(path, snapshot, header);
            var kept = Keep(path, users, index);
            var watermark = LastChange();
            var generation = Begin(model, header);
            WriteRows(generation, kept, index, header.Dimensions);
            Finish(generation, header);
            embedding.Save(generation, index, watermark);
            embedding.Publish(generation.Number);
            embedding.Sweep();
            return new AdoptReport(header.ModelId, generation.Number, kept.Count, users.Count - kept.Count);
        }
        finally
        {
            File.Delete(snapshot);
        }
    }

    private static HnswIndex Open(string path, string snapshot, GenerationFileHeader header)
    {
        try
        {
            var index = HnswIndex.Open(snapshot, header.ModelId);
            if (index.Dimensions == header.Dimensions)
            {
                return index;
            }

            index.Dispose();
            throw new StoreException(StoreFault.Corrupt, $"'{path}' says {header.Dimensions} dimensions and its index has {index.Dimensions}. Write it anew with 'lurm embed --publish-to'.");
        }
        catch (IndexException exception)
        {
            throw new StoreException(StoreFault.Corrupt, $"the index in '{path}' cannot be used: {exception.Message}", exception);
        }
    }

    private ModelRow Model(string path, GenerationFileHeader header)
    {
        using var read = _connections.Read();
        var model = ModelRow.Find(read.Session, header.ModelId);
        return model?.Digest == header.ModelDigest
            ? model
            : throw new StoreException(StoreFault.Incompatible, $"'{path}' is of model '{header.ModelId}' ({header.ModelDigest[..12]}), which {(model is null ? "is not registered here" : "is registered here with other files")}. Register that model's bundle first.");
    }

    /// <summary>Keys whose user is the same here; the others leave the index.</summary>
    private List<long> Keep(string path, List<(long Key, ulong Hash)> users, HnswIndex index)
    {
        var ids = new string?[users.Count];
        database.GetUserIds([.. users.Select(user => user.Key)], ids);
        var kept = new List<long>(users.Count);
        var others = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            var (key, hash) = users[i];
            if (ids[i] is { } id && GenerationFile.HashOf(id) == hash)
            {
                kept.Add(key);
                continue;
            }

            others += ids[i] is null ? 0 : 1;
            index.Remove(key);
        }

        // A key is never given to another user: one that is somebody else's shows that the file is of another database.
        return others == 0
            ? kept
            : throw new StoreException(StoreFault.Incompatible, $"{others} users of '{path}' are others in '{database.Folder}'; it was made on a copy of another database. Embed on a copy of this one.");
    }

    private long LastChange()
    {
        using var read = _connections.Read();
        return GenerationTable.LastChange(read.Session);
    }

    private Generation Begin(ModelRow model, GenerationFileHeader header)
    {
        using var write = _connections.Write(cancellationToken);
        lease.Hold(write.Session);
        var number = GenerationTable.Begin(write.Session, model.Key, Math.Min(header.HistoryVersion, database.LastHistoryVersion), database.Time.GetUtcNow());
        write.Commit();
        return GenerationTable.Find(write.Session, number)!;
    }

    private void WriteRows(Generation generation, List<long> keys, HnswIndex index, int dimensions)
    {
        var vector = new float[dimensions];
        foreach (var slice in keys.Chunk(Slice))
        {
            using var write = _connections.Write(cancellationToken);
            lease.Hold(write.Session);
            using (var writer = new RepresentationWriter(write.Session, generation.Number))
            {
                foreach (var key in slice)
                {
                    // Erased since the keys were compared: no row; readers take it out of the index by its change number.
                    if (index.TryGetVector(key, vector))
                    {
                        writer.TryWrite(key, vector);
                    }
                }
            }

            write.Commit();
        }
    }

    /// <summary>Only now is it a build whose users are all written: one that was killed before this is begun again by the next embedding.</summary>
    private void Finish(Generation generation, GenerationFileHeader header)
    {
        using var write = _connections.Write(cancellationToken);
        lease.Hold(write.Session);
        GenerationTable.Advance(write.Session, generation.Number, long.MaxValue, header.ZeroUsers);
        if (header.Embedding is { } run)
        {
            EmbeddingRun.Note(write.Session, generation.Number, run);
        }

        write.Commit();
    }
}
