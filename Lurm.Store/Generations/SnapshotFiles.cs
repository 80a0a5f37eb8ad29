using System.Globalization;
using Lurm.Index;
using Lurm.Store.Encoders;

namespace Lurm.Store.Generations;

/// <summary>The folder <c>index/</c>: one immutable file per snapshot, named after its generation and watermark.</summary>
internal sealed class SnapshotFiles(string databaseFolder)
{
    private const string Extension = ".hnsw";

    public string Folder { get; } = Path.Combine(databaseFolder, "index");

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a snapshot, synced and renamed; returns its name. What stood under the name, left by a killed run, is replaced.</summary>
    public string Save(HnswIndex index, Generation generation, long watermark, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"g{generation.Number}-{watermark}{Extension}");
        index.Save(PathOf(name), generation.ModelId, cancellationToken);
        DurableFiles.SyncFolder(Folder);
        return name;
    }

    /// <summary>Deletes every file that no generation names. Only the holder of the lease calls this.</summary>
    public void Sweep(IEnumerable<string> kept)
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        var names = kept.ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Folder).Where(file => !names.Contains(Path.GetFileName(file))))
        {
            Delete(Path.GetFileName(file));
        }
    }

    /// <summary>Deletes a file, if it is there.</summary>
    public void Delete(string name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps a mapped file; the next sweep deletes it.
        }
    }
}
