using System.Runtime.CompilerServices;

namespace Lurm.Index.Graph;

/// <summary>A slot and its score in 64 bits that sort best first: score bits inverted, slot, expanded bit.</summary>
/// <remarks>One integer compare orders a beam, and ties are fixed by the slot.</remarks>
internal static class Candidate
{
    /// <summary>Marks an entry of the beam whose links were read.</summary>
    public const ulong Expanded = 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Pack(float score, int slot)
    {
        var bits = BitConverter.SingleToInt32Bits(-score);
        var ordered = (uint)(bits ^ ((bits >> 31) | int.MinValue));
        return ((ulong)ordered << 32) | ((uint)slot << 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Slot(ulong packed) => (int)((uint)packed >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(ulong packed)
    {
        var ordered = (int)(packed >> 32);
        var bits = ordered ^ (~(ordered >> 31) | int.MinValue);
        return -BitConverter.Int32BitsToSingle(bits);
    }
}
