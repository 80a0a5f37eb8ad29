using CsCheck;
using Lurm.Index.Distances;
using Lurm.Index.Quantization;

namespace Lurm.Index.Tests.Distances;

public unsafe class DotKernelTests
{
    public static TheoryData<string> Singles => Names<Float32Scalar, Float32Vector128, Float32Avx2, Float32Avx512>();

    public static TheoryData<string> Halves => Names<Float16Scalar, Float16Vector128, Float16Avx2, Float16Avx512>();

    public static TheoryData<string> Bytes => Names<Int8Scalar, Int8Vector128, Int8Avx2, Int8Avx512>();

    [Theory]
    [MemberData(nameof(Singles))]
    public void Every_float32_kernel_agrees_with_the_scalar_reference(string kernel) => Agree(Float32Kernel(kernel), Float32Kernel("scalar"), 4, 4, FillFloats, FillFloats);

    [Theory]
    [MemberData(nameof(Halves))]
    public void Every_float16_kernel_agrees_with_the_scalar_reference(string kernel) => Agree(Float16Kernel(kernel), Float16Kernel("scalar"), 4, 2, FillScaledFloats, FillHalves);

    [Theory]
    [MemberData(nameof(Bytes))]
    public void Every_int8_kernel_agrees_with_the_scalar_reference(string kernel) => Agree(Int8Kernel(kernel), Int8Kernel("scalar"), 2, 1, FillShorts, FillBytes);

    [Fact]
    public void Int8_kernels_do_not_overflow_at_the_largest_codes_and_length()
    {
        const int Length = 65_536;
        var steps = new float[Length];
        Array.Fill(steps, 1f);
        var scales = new Int8Scales(steps);
        var query = new float[Length];
        Array.Fill(query, 1f);
        var prepared = new short[Length];
        var codes = new sbyte[Length];
        Array.Fill(codes, (sbyte)127);
        fixed (float* q = query)
        fixed (short* p = prepared)
        fixed (sbyte* c = codes)
        {
            scales.Prepare(q, p, Length);
            var expected = Int8Scalar.Dot((byte*)p, (byte*)c, Length);
            foreach (var name in Bytes.Select(row => row.Data))
            {
                Assert.Equal(expected, Int8Kernel(name).Dot((byte*)p, (byte*)c, Length), expected * 1e-6);
            }
        }
    }

    private delegate float DotOf(byte* query, byte* vector, int length);

    private delegate void Dot4Of(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores);

    private sealed record Kernel(DotOf Dot, Dot4Of Dot4);

    private static Kernel Of<T>()
        where T : struct, IDotKernel => new(T.Dot, T.Dot4);

    private static Kernel Float32Kernel(string name) => name switch { "scalar" => Of<Float32Scalar>(), "vector128" => Of<Float32Vector128>(), "avx2" => Of<Float32Avx2>(), _ => Of<Float32Avx512>() };

    private static Kernel Float16Kernel(string name) => name switch { "scalar" => Of<Float16Scalar>(), "vector128" => Of<Float16Vector128>(), "avx2" => Of<Float16Avx2>(), _ => Of<Float16Avx512>() };

    private static Kernel Int8Kernel(string name) => name switch { "scalar" => Of<Int8Scalar>(), "vector128" => Of<Int8Vector128>(), "avx2" => Of<Int8Avx2>(), _ => Of<Int8Avx512>() };

    private static TheoryData<string> Names<TA, TB, TC, TD>()
        where TA : struct, IDotKernel
        where TB : struct, IDotKernel
        where TC : struct, IDotKernel
        where TD : struct, IDotKernel
    {
        var names = new TheoryData<string>();
        names.AddRange(new[] { (TA.Name, TA.IsSupported), (TB.Name, TB.IsSupported), (TC.Name, TC.IsSupported), (TD.Name, TD.IsSupported) }.Where(k => k.IsSupported).Select(k => k.Name).ToArray());
        return names;
    }

    private static void Agree(Kernel kernel, Kernel reference, int queryBytes, int vectorBytes, Action<Random, Span<byte>> fillQuery, Action<Random, Span<byte>> fillVector) =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 100_000]).Sample(
            (blocks, seed) =>
            {
                var length = blocks * 16;
                var random = new Random(seed);
                var query = new byte[length * queryBytes];
                var vectors = new byte[4 * length * vectorBytes];
                fillQuery(random, query);
                fillVector(random, vectors);
                var scores = stackalloc float[4];
                fixed (byte* q = query, v = vectors)
                {
                    var stride = length * vectorBytes;
                    kernel.Dot4(q, v, v + stride, v + (2 * stride), v + (3 * stride), length, scores);
                    for (var i = 0; i < 4; i++)
                    {
                        var expected = reference.Dot(q, v + (i * stride), length);
                        var tolerance = 1e-5f * (length + Math.Abs(expected));
                        if (Math.Abs(scores[i] - expected) > tolerance || Math.Abs(kernel.Dot(q, v + (i * stride), length) - expected) > tolerance)
                        {
                            return false;
                        }
                    }
                }

                return true;
            },
            iter: 200);

    private static void FillFloats(Random random, Span<byte> bytes)
    {
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes))
        {
            value = (float)((random.NextDouble() * 2) - 1);
        }
    }

    private static void FillScaledFloats(Random random, Span<byte> bytes)
    {
        FillFloats(random, bytes);
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes))
        {
            value *= Float16Codec.QueryScale;
        }
    }

    private static void FillHalves(Random random, Span<byte> bytes)
    {
        var values = new float[bytes.Length / 2];
        FillFloats(random, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        values[0] = 1e-7f;
        fixed (float* from = values)
        fixed (byte* to = bytes)
        {
            Float16Codec.Encode(from, values.Length, (ushort*)to, values.Length);
        }
    }

    private static void FillShorts(Random random, Span<byte> bytes)
    {
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes))
        {
            value = (short)random.Next(-8191, 8192);
        }
    }

    private static void FillBytes(Random random, Span<byte> bytes)
    {
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(bytes))
        {
            value = (sbyte)random.Next(-127, 128);
        }
    }
}
