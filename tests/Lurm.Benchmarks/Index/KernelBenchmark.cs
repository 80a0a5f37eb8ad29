using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Lurm.Index.Distances;
using Lurm.Index.Memory;

namespace Lurm.Benchmarks.Index;

/// <summary>Inner products of one query with four vectors at a time, out of the first-level cache: what the kernels alone cost.</summary>
/// <remarks><c>kernels [BenchmarkDotNet arguments]</c>.</remarks>
public unsafe class KernelBenchmark : IDisposable
{
    private const int Vectors = 16;
    private NativeBlock? _block;
    private byte* _data;

    [Params(112, 128, 256)]
    public int Length { get; set; }

    public static int Run(string[] args)
    {
        BenchmarkRunner.Run<KernelBenchmark>(args: args);
        return 0;
    }

    [GlobalSetup]
    public void Fill()
    {
        _block = new NativeBlock((Vectors + 1L) * Length * sizeof(float));
        _data = _block.Pointer;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _block?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Vectors)]
    public float Float32_scalar() => All<Float32Scalar>(sizeof(float));

    [Benchmark(OperationsPerInvoke = Vectors)]
    public float Float32_vector128() => All<Float32Vector128>(sizeof(float));

    [Benchmark(OperationsPerInvoke = Vectors)]
    public float Float32_avx2() => All<Float32Avx2>(sizeof(float));

    [Benchmark(OperationsPerInvoke = Vectors)]
    public float Float32_avx512() => All<Float32Avx512>(sizeof(float));

    [Benchmark(OperationsPerInvoke = Vectors)]
    public float Float16_avx2() => All<Float16Avx2>(sizeof(ushort));

    [Benchmark(OperationsPerInvoke = Vectors)]
    public float Int8_vector128() => All<Int8Vector128>(1);

    [Benchmark(OperationsPerInvoke = Vectors)]
    public float Int8_avx2() => All<Int8Avx2>(1);

    [Benchmark(OperationsPerInvoke = Vectors)]
    public float Int8_avx512() => All<Int8Avx512>(1);

    private float All<T>(int componentBytes)
        where T : struct, IDotKernel
    {
        if (!T.IsSupported)
        {
            return float.NaN;
        }

        var scores = stackalloc float[4];
        var stride = Length * componentBytes;
        var first = _data + (Length * sizeof(float));
        for (var i = 0; i < Vectors; i += 4)
        {
            var at = first + (i * stride);
            T.Dot4(_data, at, at + stride, at + (2 * stride), at + (3 * stride), Length, scores);
        }

        return scores[0];
    }
}
