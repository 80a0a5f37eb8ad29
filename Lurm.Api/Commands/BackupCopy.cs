using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary>A backup put in place as a database of its own, beside the file that comes of it, for as long as this lives.</summary>
internal sealed class BackupCopy : IDisposable
{
    private const string FolderSuffix = ".work";

    /// <exception cref="StoreException">NotFound: there is no such backup.</exception>
    public BackupCopy(string backup, string file)
    {
        if (!File.Exists(backup))
        {
            throw new StoreException(StoreFault.NotFound, $"there is no backup '{backup}'. Make one with 'lurm backup'.");
        }

        Folder = Path.GetFullPath(file) + FolderSuffix;

        // Left by a run that was killed.
        Delete();
        Directory.CreateDirectory(Folder);
        File.Copy(backup, Path.Combine(Folder, "lurm.db"));
    }

    /// <summary>The database's folder.</summary>
    public string Folder { get; }

    public void Dispose() => Delete();

    private void Delete()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
