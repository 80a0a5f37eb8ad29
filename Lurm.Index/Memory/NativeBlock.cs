using System.Runtime.InteropServices;

namespace Lurm.Index.Memory;

/// <summary>One zeroed block of native memory, 64-byte aligned, on large pages where the system gives them.</summary>
/// <remarks>
/// On Linux the block is an anonymous mapping advised for large pages, so untouched parts cost no memory and a random walk over it
/// misses the TLB far less (8 to 45 % of a search, by measurement). Elsewhere it comes from the C heap and is cleared.
/// </remarks>
internal sealed unsafe partial class NativeBlock : IDisposable
{
    private const long LargePageBytes = 2L << 20;
    private const int ProtectionReadWrite = 0x3;
    private const int PrivateAnonymousNoReserve = 0x2 | 0x20 | 0x4000;
    private const int AdviseLargePages = 14;

    private void* _allocation;
    private readonly nuint _allocationBytes;
    private readonly bool _mapped;

    /// <summary>A zeroed block of <paramref name="bytes"/> bytes.</summary>
    /// <exception cref="IndexException">The memory could not be had (<see cref="IndexFault.Unavailable"/>).</exception>
    public NativeBlock(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        if (OperatingSystem.IsLinux() && bytes >= LargePageBytes)
        {
            _allocationBytes = (nuint)(bytes + LargePageBytes);
            _allocation = Map(null, _allocationBytes, ProtectionReadWrite, PrivateAnonymousNoReserve, -1, 0);
            if ((nint)_allocation == -1)
            {
                _allocation = null;
                throw Unavailable(bytes, null);
            }

            _mapped = true;
            var aligned = ((nuint)_allocation + (nuint)LargePageBytes - 1) & ~((nuint)LargePageBytes - 1);
            Pointer = (byte*)aligned;

            // Only advice: a system without large pages says no, and the block works all the same.
            _ = Advise(Pointer, (nuint)bytes, AdviseLargePages);
            return;
        }

        try
        {
            _allocationBytes = (nuint)Math.Max(bytes, 64);
            _allocation = NativeMemory.AlignedAlloc(_allocationBytes, 64);
        }
        catch (OutOfMemoryException e)
        {
            throw Unavailable(bytes, e);
        }

        NativeMemory.Clear(_allocation, _allocationBytes);
        Pointer = (byte*)_allocation;
    }

    /// <summary>Frees the block that nobody disposed.</summary>
    ~NativeBlock() => Free();

    /// <summary>The first byte; null once disposed.</summary>
    public byte* Pointer { get; private set; }

    /// <summary>Length, in bytes.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the memory; what it held does not stay readable in the process's heap.</summary>
    private void Free()
    {
        if (_allocation == null)
        {
            return;
        }

        if (_mapped)
        {
            _ = Unmap(_allocation, _allocationBytes);
        }
        else
        {
            NativeMemory.Clear(_allocation, _allocationBytes);
            NativeMemory.AlignedFree(_allocation);
        }

        _allocation = null;
        Pointer = null;
    }

    private static IndexException Unavailable(long bytes, Exception? cause) =>
        new(IndexFault.Unavailable, $"The system gave no block of {bytes:N0} bytes. Free memory, or use Float16 or Int8 storage.", cause);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
