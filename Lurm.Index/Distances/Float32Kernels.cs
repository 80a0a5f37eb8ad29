using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lurm.Index.Distances;

/// <summary>The reference: one component after another.</summary>
internal readonly unsafe struct Float32Scalar : IDotKernel
{
    public static string Name => "scalar";

    public static bool IsSupported => true;

    public static float Dot(byte* query, byte* vector, int length)
    {
        float* q = (float*)query, v = (float*)vector;
        var sum = 0f;
        for (var i = 0; i < length; i++)
        {
            sum += q[i] * v[i];
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
internal readonly unsafe struct Float32Vector128 : IDotKernel
{
    public static string Name => "vector128";

    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        float* q = (float*)query, v = (float*)vector;
        Vector128<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var i = 0; i < length; i += 16)
        {
            s0 = Vector128.MultiplyAddEstimate(Vector128.Load(q + i), Vector128.Load(v + i), s0);
            s1 = Vector128.MultiplyAddEstimate(Vector128.Load(q + i + 4), Vector128.Load(v + i + 4), s1);
            s2 = Vector128.MultiplyAddEstimate(Vector128.Load(q + i + 8), Vector128.Load(v + i + 8), s2);
            s3 = Vector128.MultiplyAddEstimate(Vector128.Load(q + i + 12), Vector128.Load(v + i + 12), s3);
        }

        return Vector128.Sum((s0 + s1) + (s2 + s3));
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

/// <summary>256-bit registers with fused multiply-add.</summary>
internal readonly unsafe struct Float32Avx2 : IDotKernel
{
    public static string Name => "avx2";

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        float* q = (float*)query, v = (float*)vector;
        Vector256<float> s0 = default, s1 = default;
        for (var i = 0; i < length; i += 16)
        {
            s0 = Fma.MultiplyAdd(Vector256.Load(q + i), Vector256.Load(v + i), s0);
            s1 = Fma.MultiplyAdd(Vector256.Load(q + i + 8), Vector256.Load(v + i + 8), s1);
        }

        var s = s0 + s1;
        var half = s.GetLower() + s.GetUpper();
        half += Sse.MoveHighToLow(half, half);
        return half.ToScalar() + half.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        float* q = (float*)query, v0 = (float*)a, v1 = (float*)b, v2 = (float*)c, v3 = (float*)d;
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (var i = 0; i < length; i += 16)
        {
            var low = Vector256.Load(q + i);
            var high = Vector256.Load(q + i + 8);
            a0 = Fma.MultiplyAdd(low, Vector256.Load(v0 + i), a0);
            b0 = Fma.MultiplyAdd(low, Vector256.Load(v1 + i), b0);
            c0 = Fma.MultiplyAdd(low, Vector256.Load(v2 + i), c0);
            d0 = Fma.MultiplyAdd(low, Vector256.Load(v3 + i), d0);
            a1 = Fma.MultiplyAdd(high, Vector256.Load(v0 + i + 8), a1);
            b1 = Fma.MultiplyAdd(high, Vector256.Load(v1 + i + 8), b1);
            c1 = Fma.MultiplyAdd(high, Vector256.Load(v2 + i + 8), c1);
            d1 = Fma.MultiplyAdd(high, Vector256.Load(v3 + i + 8), d1);
        }

        var sums = Avx.HorizontalAdd(Avx.HorizontalAdd(a0 + a1, b0 + b1), Avx.HorizontalAdd(c0 + c1, d0 + d1));
        (sums.GetLower() + sums.GetUpper()).Store(scores);
    }
}

/// <summary>512-bit registers with fused multiply-add.</summary>
internal readonly unsafe struct Float32Avx512 : IDotKernel
{
    public static string Name => "avx512";

    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        float* q = (float*)query, v = (float*)vector;
        Vector512<float> s0 = default, s1 = default;
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            s0 = Avx512F.FusedMultiplyAdd(Vector512.Load(q + i), Vector512.Load(v + i), s0);
            s1 = Avx512F.FusedMultiplyAdd(Vector512.Load(q + i + 16), Vector512.Load(v + i + 16), s1);
        }

        if (i < length)
        {
            s0 = Avx512F.FusedMultiplyAdd(Vector512.Load(q + i), Vector512.Load(v + i), s0);
        }

        var s = s0 + s1;
        return Fold(s.GetLower() + s.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        float* q = (float*)query, v0 = (float*)a, v1 = (float*)b, v2 = (float*)c, v3 = (float*)d;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var i = 0; i < length; i += 16)
        {
            var x = Vector512.Load(q + i);
            s0 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(v0 + i), s0);
            s1 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(v1 + i), s1);
            s2 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(v2 + i), s2);
            s3 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(v3 + i), s3);
        }

        var sums = Avx.HorizontalAdd(
            Avx.HorizontalAdd(s0.GetLower() + s0.GetUpper(), s1.GetLower() + s1.GetUpper()),
            Avx.HorizontalAdd(s2.GetLower() + s2.GetUpper(), s3.GetLower() + s3.GetUpper()));
        (sums.GetLower() + sums.GetUpper()).Store(scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fold(Vector256<float> sum)
    {
        var half = sum.GetLower() + sum.GetUpper();
        half += Sse.MoveHighToLow(half, half);
        return half.ToScalar() + half.GetElement(1);
    }
}
