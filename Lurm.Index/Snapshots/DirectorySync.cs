using System.Runtime.InteropServices;

namespace Lurm.Index.Snapshots;

/// <summary>Makes a rename durable: on Unix a directory has to be flushed like a file. Windows does it with the rename.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var file = OpenFile(folder, ReadOnly);
        if (file < 0)
        {
            return;
        }

        // A file system that cannot flush folders says so; the file itself is on disk by now.
        _ = FlushFile(file);
        _ = CloseFile(file);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FlushFile(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseFile(int file);
}
