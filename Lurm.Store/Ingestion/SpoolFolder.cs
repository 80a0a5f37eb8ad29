using System.Diagnostics.CodeAnalysis;

namespace Lurm.Store.Ingestion;

/// <summary>
/// A large batch's folder under <c>spool/</c>, and the lock that says a living process works on it: <c>spool/NAME.lock</c>, held open alone.
/// The operating system lets go of it when the process dies, however it dies.
/// </summary>
internal sealed class SpoolFolder : IDisposable
{
    private readonly FileStream _lock;
    private bool _kept;

    private SpoolFolder(string root, string name, FileStream held)
    {
        Name = name;
        Path = System.IO.Path.Combine(root, name);
        _lock = held;
    }

    public string Name { get; }

    public string Path { get; }

    /// <summary>The events.</summary>
    public string EventsFile => System.IO.Path.Combine(Path, "events.bin");

    /// <summary>Everything else; there only once the batch was read and checked whole.</summary>
    public string BatchFile => System.IO.Path.Combine(Path, "batch.bin");

    /// <summary>Where spools lie.</summary>
    public static string Root(string database) => System.IO.Path.Combine(database, "spool");

    /// <summary>Makes a new one.</summary>
    public static SpoolFolder Create(string database)
    {
        var root = Root(database);
        Directory.CreateDirectory(root);
        var name = Guid.NewGuid().ToString("n");
        var folder = TryLock(root, name, out var held) ? new SpoolFolder(root, name, held) : throw new StoreException(StoreFault.Unavailable, $"'{root}' could not be written.");
        Directory.CreateDirectory(folder.Path);
        return folder;
    }

    /// <summary>Takes over one that is there; false where another process (or another thread) is at it.</summary>
    public static bool TryTake(string database, string name, [NotNullWhen(true)] out SpoolFolder? folder)
    {
        folder = null;
        var root = Root(database);
        if (!Directory.Exists(root) || !TryLock(root, name, out var held))
        {
            return false;
        }

        folder = new SpoolFolder(root, name, held);
        return true;
    }

    /// <summary>Names of all that are there.</summary>
    public static IReadOnlyList<string> All(string database) => Directory.Exists(Root(database))
        ? [.. Directory.EnumerateFileSystemEntries(Root(database)).Select(path => System.IO.Path.GetFileNameWithoutExtension(path)).Distinct(StringComparer.Ordinal)]
        : [];

    /// <summary>Leaves it for the next process that opens the database, unless it is discarded after all.</summary>
    public void Keep() => _kept = true;

    /// <summary>It is needed no more: disposing deletes it.</summary>
    public void Discard() => _kept = false;

    /// <summary>Deletes it, unless it was to be kept, and lets go of the lock.</summary>
    public void Dispose()
    {
        if (!_kept)
        {
            if (Directory.Exists(Path))
            {
                Directory.Delete(Path, recursive: true);
            }

            File.Delete(_lock.Name);
        }

        _lock.Dispose();
    }

    private static bool TryLock(string root, string name, [NotNullWhen(true)] out FileStream? held)
    {
        try
        {
            held = new FileStream(System.IO.Path.Combine(root, name + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            held = null;
            return false;
        }
    }
}
