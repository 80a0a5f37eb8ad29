using System.Runtime.CompilerServices;

namespace Lurm.Index.Quantization;

/// <summary>float32 to float16 and the query that goes with it.</summary>
internal static unsafe class Float16Codec
{
    /// <summary>What a query component is multiplied by: halves are read as floats 2^112 too small.</summary>
    public const float QueryScale = 5.192296858534828e33f;

    /// <summary>1 / <see cref="QueryScale"/>.</summary>
    public const float QueryUnscale = 1f / QueryScale;

    /// <summary>Largest finite half; components beyond are clipped for the walk (answers are scored on float32).</summary>
    private const float Largest = 65504f;

    /// <summary>Smallest normal half; components below are stored as zero, so that no kernel meets a denormal.</summary>
    private const float SmallestNormal = 6.103515625e-5f;

    /// <summary>Writes the halves of <paramref name="vector"/> to <paramref name="codes"/>, zeros up to <paramref name="padded"/>.</summary>
    public static void Encode(float* vector, int length, ushort* codes, int padded)
    {
        for (var i = 0; i < length; i++)
        {
            codes[i] = Encode(vector[i]);
        }

        Unsafe.InitBlock(codes + length, 0, (uint)(padded - length) * sizeof(ushort));
    }

    /// <summary>Writes the prepared query; returns the factor that turns a kernel's result into a score.</summary>
    public static float Prepare(float* query, float* prepared, int padded)
    {
        var largest = 0f;
        for (var j = 0; j < padded; j++)
        {
            largest = Math.Max(largest, Math.Abs(query[j]));
        }

        // Components stay within ±1, so that 2^112 times one, times the largest half, is far from overflow.
        var scale = largest > 1 ? 1f / largest : 1f;
        for (var j = 0; j < padded; j++)
        {
            prepared[j] = query[j] * scale * QueryScale;
        }

        return 1f / scale;
    }

    private static ushort Encode(float value) => Math.Abs(value) < SmallestNormal
        ? (ushort)0
        : BitConverter.HalfToUInt16Bits((Half)Math.Clamp(value, -Largest, Largest));
}
