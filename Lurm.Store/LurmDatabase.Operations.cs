using System.Text.Json;
using Lurm.Store.Generations;
using Lurm.Store.Operations;
using Lurm.Store.Privacy;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Copies the database, while it is in use, to one file with all its models; a file of that name is replaced once the copy is whole.</summary>
    /// <param name="file">A path outside the database's folder. To restore, put the file into an empty folder as <c>lurm.db</c> and open that.</param>
    /// <param name="cancellationToken">Checked every 16 MB; cancelling leaves no file.</param>
    /// <remarks>The copy holds everyone who is in the database now: who is erased later is still in it.</remarks>
    /// <exception cref="StoreException">The file could not be written, or lies inside the database's folder.</exception>
    public void Backup(string file, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        var path = Path.GetFullPath(file);
        if (path.StartsWith(Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new StoreException(StoreFault.Invalid, $"'{path}' lies inside the database '{Folder}', where erasures must find no copy; choose a file elsewhere.");
        }

        try
        {
            DatabaseBackup.Write(this, path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{path}' could not be written: {exception.Message}", exception);
        }

        using var write = Connections.Write(cancellationToken);
        AuditLog.Append(write.Session, "backup.made", new { bytes = new FileInfo(path).Length }, Time);
        write.Commit();
    }

    /// <summary>Looks at everything: the file, every history row and count, attributes, the audit chain, representations against users, and the index against representations.</summary>
    /// <param name="repair">Rebuilds what can be derived, and removes what belongs to nobody.</param>
    /// <param name="cancellationToken">Checked once per thousand users.</param>
    public CheckReport Check(bool repair = false, CancellationToken cancellationToken = default) => new DatabaseCheck(this, repair).Run(cancellationToken);

    /// <summary>All that is known of one user, as JSON: attributes with their times, the whole history, and what was derived from it.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.NotFound"/>: nobody has the id.</exception>
    public string ExportUser(string userId)
    {
        if (!TryGetUser(userId, out var user))
        {
            throw new StoreException(StoreFault.NotFound, $"No user has the id '{userId}'.");
        }

        using (var write = Connections.Write())
        {
            AuditLog.Append(write.Session, "user.exported", new { }, Time);
            write.Commit();
        }

        return UserExport.Write(this, user);
    }

    // The representation of the published generation, under the model's name.
    internal void ExportRepresentation(Utf8JsonWriter json, long userKey)
    {
        using var read = Connections.ReadSnapshot();
        if (GenerationTable.Published(read.Session) is not { } published)
        {
            return;
        }

        using var row = read.Session.Prepare("SELECT vector FROM representations WHERE representation = ?1");
        if (!row.Bind(1, RepresentationKey.Of(published.Number, userKey)).Step())
        {
            return;
        }

        if (!RepresentationBlob.TryRead(row.Blob(0), out var vector, out var reason))
        {
            throw RepresentationBlob.Damaged(published.Number, userKey, reason);
        }

        json.WriteStartObject("representation");
        json.WriteString("modelId", published.ModelId);
        json.WriteStartArray("vector");
        foreach (var component in vector)
        {
            json.WriteNumberValue(component);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
