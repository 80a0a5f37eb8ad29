using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lurm.Index.Distances;

/// <summary>The reference: each half widened by the BCL, the query's 2^112 taken back.</summary>
internal readonly unsafe struct Float16Scalar : IDotKernel
{
    public static string Name => "scalar";

    public static bool IsSupported => true;

    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (float*)query;
        var v = (ushort*)vector;
        var sum = 0f;
        for (var i = 0; i < length; i++)
        {
            sum += q[i] * Quantization.Float16Codec.QueryUnscale * (float)BitConverter.UInt16BitsToHalf(v[i]);
        }

        return sum;
    }

    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        scores[0] = Dot(query, a, length);
        scores[1] = Dot(query, b, length);
        scores[2] = Dot(query, c, length);
        scores[3] = Dot(query, d, length);
    }
}

/// <summary>128-bit registers: Arm AdvSimd, and x64 without AVX2.</summary>
/// <remarks>
/// A half's sign, exponent and mantissa are shifted into a float's places; that is the value times 2^-112, which the prepared query
/// takes back. Stored halves are never denormal (the encoder flushes them), so no float here is.
/// </remarks>
internal readonly unsafe struct Float16Vector128 : IDotKernel
{
    public static string Name => "vector128";

    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (float*)query;
        var v = (short*)vector;
        var mask = Vector128.Create(unchecked((int)0x8FFFE000));
        Vector128<float> s0 = default, s1 = default;
        for (var i = 0; i < length; i += 8)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(v + i));
            s0 = Vector128.MultiplyAddEstimate(Vector128.Load(q + i), ((low << 13) & mask).AsSingle(), s0);
            s1 = Vector128.MultiplyAddEstimate(Vector128.Load(q + i + 4), ((high << 13) & mask).AsSingle(), s1);
        }

        return Vector128.Sum(s0 + s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        scores[0] = Dot(query, a, length);
        scores[1] = Dot(query, b, length);
        scores[2] = Dot(query, c, length);
        scores[3] = Dot(query, d, length);
    }
}

/// <summary>256-bit registers.</summary>
/// <inheritdoc cref="Float16Vector128" path="/remarks"/>
internal readonly unsafe struct Float16Avx2 : IDotKernel
{
    public static string Name => "avx2";

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (float*)query;
        var v = (short*)vector;
        var mask = Vector256.Create(unchecked((int)0x8FFFE000));
        Vector256<float> s0 = default, s1 = default;
        for (var i = 0; i < length; i += 16)
        {
            s0 = Fma.MultiplyAdd(Vector256.Load(q + i), ((Avx2.ConvertToVector256Int32(v + i) << 13) & mask).AsSingle(), s0);
            s1 = Fma.MultiplyAdd(Vector256.Load(q + i + 8), ((Avx2.ConvertToVector256Int32(v + i + 8) << 13) & mask).AsSingle(), s1);
        }

        return Vector256.Sum(s0 + s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        var q = (float*)query;
        short* v0 = (short*)a, v1 = (short*)b, v2 = (short*)c, v3 = (short*)d;
        var mask = Vector256.Create(unchecked((int)0x8FFFE000));
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var i = 0; i < length; i += 8)
        {
            var x = Vector256.Load(q + i);
            s0 = Fma.MultiplyAdd(x, ((Avx2.ConvertToVector256Int32(v0 + i) << 13) & mask).AsSingle(), s0);
            s1 = Fma.MultiplyAdd(x, ((Avx2.ConvertToVector256Int32(v1 + i) << 13) & mask).AsSingle(), s1);
            s2 = Fma.MultiplyAdd(x, ((Avx2.ConvertToVector256Int32(v2 + i) << 13) & mask).AsSingle(), s2);
            s3 = Fma.MultiplyAdd(x, ((Avx2.ConvertToVector256Int32(v3 + i) << 13) & mask).AsSingle(), s3);
        }

        var sums = Avx.HorizontalAdd(Avx.HorizontalAdd(s0, s1), Avx.HorizontalAdd(s2, s3));
        (sums.GetLower() + sums.GetUpper()).Store(scores);
    }
}

/// <summary>512-bit registers.</summary>
/// <inheritdoc cref="Float16Vector128" path="/remarks"/>
internal readonly unsafe struct Float16Avx512 : IDotKernel
{
    public static string Name => "avx512";

    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (float*)query;
        var v = (short*)vector;
        var mask = Vector512.Create(unchecked((int)0x8FFFE000));
        Vector512<float> sum = default;
        for (var i = 0; i < length; i += 16)
        {
            var x = Avx512F.ConvertToVector512Int32(Vector256.Load(v + i));
            sum = Avx512F.FusedMultiplyAdd(Vector512.Load(q + i), ((x << 13) & mask).AsSingle(), sum);
        }

        return Vector256.Sum(sum.GetLower() + sum.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        scores[0] = Dot(query, a, length);
        scores[1] = Dot(query, b, length);
        scores[2] = Dot(query, c, length);
        scores[3] = Dot(query, d, length);
    }
}
