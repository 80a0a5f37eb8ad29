using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Lurm.Store.Ingestion;

/// <summary>Asks the processor to load a line that is needed soon; nothing where it has no such instruction.</summary>
internal static class Prefetch
{
    /// <summary>The address may be stale when it is used (the collector moves arrays): then the hint is wasted, nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Near<T>(ref T value)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref value));
        }
    }
}
