using System.Runtime.InteropServices;

namespace Lurm.Store.Encoders;

/// <summary>Files and folders that stand whole or not at all: written beside, synced, renamed.</summary>
internal static partial class DurableFiles
{
    /// <summary>The ending of everything unfinished; what carries it and belongs to nobody is litter.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes <paramref name="files"/> into a temporary folder and renames it to <paramref name="folder"/>, which must be absent or empty.</summary>
    /// <exception cref="StoreException">The disk or its rights forbid it.</exception>
    public static void WriteFolder(string folder, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Bytes)> files)
    {
        var temporary = $"{folder}.{Environment.ProcessId}{TemporarySuffix}";
        try
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            Directory.CreateDirectory(temporary);
            foreach (var (name, bytes) in files)
            {
                using var stream = new FileStream(Path.Combine(temporary, name), FileMode.CreateNew, FileAccess.Write);
                stream.Write(bytes.Span);
                stream.Flush(flushToDisk: true);
            }

            SyncFolder(temporary);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            Directory.Move(temporary, folder);
            SyncFolder(Path.GetDirectoryName(folder)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{folder}' could not be written: {exception.Message}", exception);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    /// <summary>Makes a rename inside <paramref name="folder"/> durable where the system lets a folder be synced; elsewhere the rename itself is all there is.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            return;
        }

        // Some file systems refuse to sync a folder; they make renames durable in their own way, so the answer is not looked at.
        _ = FSync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
