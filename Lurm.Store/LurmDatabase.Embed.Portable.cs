using Lurm.Store.Generations;

namespace Lurm.Store;

/// <content>Embedding on one machine and serving on another.</content>
public sealed partial class LurmDatabase
{
    /// <summary>Writes the published generation to one portable file, for <see cref="AdoptGeneration"/> on the machine that serves the database this one is a copy of.</summary>
    /// <param name="path">What was there is replaced once the new file is whole.</param>
    /// <param name="cancellationToken">Checked once per MiB.</param>
    /// <returns>How many users are in it.</returns>
    /// <exception cref="StoreException">Unavailable: nothing is embedded, or the file cannot be written.</exception>
    public int PublishGeneration(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var view = Views.Borrow(cancellationToken);
        var keys = RepresentationReader.ReadKeys(Connections, view.Generation.Number, cancellationToken);
        var ids = new string?[keys.Length];
        GetUserIds(keys, ids);
        var users = new List<(long, ulong)>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (ids[i] is { } id && view.Index.Contains(keys[i]))
            {
                users.Add((keys[i], GenerationFile.HashOf(id)));
            }
        }

        return GenerationFile.Write(System.IO.Path.GetFullPath(path), view, view.Bundle, LastEmbedding, users, new SnapshotFiles(Folder).Folder, cancellationToken);
    }

    /// <summary>Checks a file that <see cref="PublishGeneration"/> wrote on a copy of this database, and publishes it here. Users erased since are dropped; users that changed since follow with the next <see cref="Embed"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Until it is published, cancelling leaves the old generation.</param>
    /// <exception cref="StoreException">
    /// NotFound or Corrupt: the file. Incompatible: its model is not registered here, or its users are not those of this database. Conflict: an embedding is running.
    /// </exception>
    public AdoptReport AdoptGeneration(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var lease = EmbedLease.Take(Connections, Time, cancellationToken);
        var report = new Adoption(this, lease, cancellationToken).Run(System.IO.Path.GetFullPath(path));
        Views.Refresh(cancellationToken);
        RefreshAudiences(cancellationToken);
        return report;
    }
}
