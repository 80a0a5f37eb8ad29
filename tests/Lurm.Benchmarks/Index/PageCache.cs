using System.Runtime.InteropServices;

namespace Lurm.Benchmarks.Index;

/// <summary>Drops a file from the page cache (Linux), for cold measurements.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    public static bool TryDrop(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        return Advise((int)file.SafeFileHandle.DangerousGetHandle(), 0, 0, DontNeed) == 0;
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(int file, nint offset, nint length, int advice);
}
