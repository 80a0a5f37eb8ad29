using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lurm.Store.Ingestion;

/// <summary>Finds the delimiters and line feeds of a buffer, 64 bytes at a time: fields are so short that a search for each would spend most of its time beginning.</summary>
internal struct FieldEnds(byte delimiter)
{
    private const int WindowBytes = 64;

    private int _from = -WindowBytes;
    private ulong _ends;

    /// <summary>The first delimiter or line feed at or behind <paramref name="at"/>; -1 where there is none.</summary>
    /// <param name="buffer">The same bytes as at the last call, or <see cref="Forget"/> was called.</param>
    /// <param name="at">Anywhere in it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(ReadOnlySpan<byte> buffer, int at)
    {
        if ((uint)(at - _from) >= WindowBytes)
        {
            Look(buffer, at);
        }

        var ends = _ends >> (at - _from);
        return ends != 0 ? at + BitOperations.TrailingZeroCount(ends) : NextWindow(buffer);
    }

    /// <summary>The buffer has other bytes now.</summary>
    public void Forget() => _from = -WindowBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int NextWindow(ReadOnlySpan<byte> buffer)
    {
        while (_from + WindowBytes < buffer.Length)
        {
            Look(buffer, _from + WindowBytes);
            if (_ends != 0)
            {
                return _from + BitOperations.TrailingZeroCount(_ends);
            }
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Look(ReadOnlySpan<byte> buffer, int from)
    {
        _from = from;
        _ends = 0;
        if (from + WindowBytes > buffer.Length)
        {
            for (var i = from; i < buffer.Length; i++)
            {
                _ends |= buffer[i] == delimiter || buffer[i] == '\n' ? 1ul << (i - from) : 0;
            }

            return;
        }

        ref var first = ref MemoryMarshal.GetReference(buffer);
        _ends = Ends(Vector256.LoadUnsafe(ref first, (nuint)from)) | ((ulong)Ends(Vector256.LoadUnsafe(ref first, (nuint)from + 32)) << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly uint Ends(Vector256<byte> bytes) =>
        (Vector256.Equals(bytes, Vector256.Create(delimiter)) | Vector256.Equals(bytes, Vector256.Create((byte)'\n'))).ExtractMostSignificantBits();
}
