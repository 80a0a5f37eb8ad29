using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Lurm.Index.Distances;

/// <summary>The reference: int16 query times int8 codes, summed in 64 bits so that it cannot overflow.</summary>
internal readonly unsafe struct Int8Scalar : IDotKernel
{
    public static string Name => "scalar";

    public static bool IsSupported => true;

    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (short*)query;
        var v = (sbyte*)vector;
        var sum = 0L;
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
internal readonly unsafe struct Int8Vector128 : IDotKernel
{
    public static string Name => "vector128";

    public static bool IsSupported => Vector128.IsHardwareAccelerated && (Sse2.IsSupported || AdvSimd.IsSupported);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (short*)query;
        var v = (sbyte*)vector;
        Vector128<int> s0 = default, s1 = default;
        for (var i = 0; i < length; i += 16)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(v + i));
            s0 = MultiplyAdd(s0, Vector128.Load(q + i), low);
            s1 = MultiplyAdd(s1, Vector128.Load(q + i + 8), high);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> MultiplyAdd(Vector128<int> sum, Vector128<short> x, Vector128<short> y)
    {
        if (Sse2.IsSupported)
        {
            return sum + Sse2.MultiplyAddAdjacent(x, y);
        }

        sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, x.GetLower(), y.GetLower());
        return AdvSimd.MultiplyWideningUpperAndAdd(sum, x, y);
    }
}

/// <summary>256-bit registers: codes sign-extended, pairs multiplied and added.</summary>
internal readonly unsafe struct Int8Avx2 : IDotKernel
{
    public static string Name => "avx2";

    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (short*)query;
        var v = (sbyte*)vector;
        Vector256<int> s0 = default, s1 = default;
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v + i), Vector256.Load(q + i));
            s1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v + i + 16), Vector256.Load(q + i + 16));
        }

        if (i < length)
        {
            s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v + i), Vector256.Load(q + i));
        }

        var s = s0 + s1;
        var half = s.GetLower() + s.GetUpper();
        half += Sse2.Shuffle(half, 0b01_00_11_10);
        half += Sse2.Shuffle(half, 0b10_11_00_01);
        return half.ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        var q = (short*)query;
        sbyte* v0 = (sbyte*)a, v1 = (sbyte*)b, v2 = (sbyte*)c, v3 = (sbyte*)d;
        Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var i = 0; i < length; i += 16)
        {
            var x = Vector256.Load(q + i);
            s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v0 + i), x);
            s1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v1 + i), x);
            s2 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v2 + i), x);
            s3 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v3 + i), x);
        }

        var sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(s0, s1), Avx2.HorizontalAdd(s2, s3));
        Vector128.ConvertToSingle(sums.GetLower() + sums.GetUpper()).Store(scores);
    }
}

/// <summary>512-bit registers: codes sign-extended, pairs multiplied and added; of an odd number of sixteens the last in 256 bits.</summary>
internal readonly unsafe struct Int8Avx512 : IDotKernel
{
    public static string Name => "avx512";

    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(byte* query, byte* vector, int length)
    {
        var q = (short*)query;
        var v = (sbyte*)vector;
        Vector512<int> sum = default;
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            sum += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(v + i)), Vector512.Load(q + i));
        }

        var half = sum.GetLower() + sum.GetUpper();
        if (i < length)
        {
            half += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v + i), Vector256.Load(q + i));
        }

        return Vector128.Sum(half.GetLower() + half.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores)
    {
        var q = (short*)query;
        sbyte* v0 = (sbyte*)a, v1 = (sbyte*)b, v2 = (sbyte*)c, v3 = (sbyte*)d;
        Vector512<int> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            var x = Vector512.Load(q + i);
            s0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(v0 + i)), x);
            s1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(v1 + i)), x);
            s2 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(v2 + i)), x);
            s3 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(v3 + i)), x);
        }

        Vector256<int> h0 = s0.GetLower() + s0.GetUpper(), h1 = s1.GetLower() + s1.GetUpper(), h2 = s2.GetLower() + s2.GetUpper(), h3 = s3.GetLower() + s3.GetUpper();
        if (i < length)
        {
            var x = Vector256.Load(q + i);
            h0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v0 + i), x);
            h1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v1 + i), x);
            h2 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v2 + i), x);
            h3 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(v3 + i), x);
        }

        var sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(h0, h1), Avx2.HorizontalAdd(h2, h3));
        Vector128.ConvertToSingle(sums.GetLower() + sums.GetUpper()).Store(scores);
    }
}
