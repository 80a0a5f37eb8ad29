using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Lurm.Store.Encoders;

/// <summary>Sums of table rows. A table is far larger than the cache, so rows are asked for some keys ahead, and bags of the same keys share each row.</summary>
internal static unsafe class Pooling
{
    /// <summary>How many keys ahead rows are fetched: a memory access takes about as long as this many rows take to add.</summary>
    private const int Ahead = 6;

    private const int CacheLineBytes = 64;

    /// <summary>sum += Σ value · row(key).</summary>
    public static void Add(ReadOnlySpan<float> table, int width, ReadOnlySpan<int> keys, ReadOnlySpan<float> values, Span<float> sum) =>
        Add(table, width, keys, values, sum, [], []);

    /// <summary>The same for two bags of the same keys; <paramref name="otherSum"/> is empty where there is no second.</summary>
    public static void Add(ReadOnlySpan<float> table, int width, ReadOnlySpan<int> keys, ReadOnlySpan<float> values, Span<float> sum, ReadOnlySpan<float> otherValues, Span<float> otherSum)
    {
        fixed (float* rows = table)
        {
            for (var i = 0; i < Math.Min(Ahead, keys.Length); i++)
            {
                Prefetch(rows + ((long)keys[i] * width), width);
            }

            for (var i = 0; i < keys.Length; i++)
            {
                if (i + Ahead < keys.Length)
                {
                    Prefetch(rows + ((long)keys[i + Ahead] * width), width);
                }

                var row = table.Slice(keys[i] * width, width);
                TensorPrimitives.MultiplyAdd(row, values[i], sum, sum);
                if (!otherSum.IsEmpty)
                {
                    TensorPrimitives.MultiplyAdd(row, otherValues[i], otherSum, otherSum);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* row, int width)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var offset = 0; offset < width * sizeof(float); offset += CacheLineBytes)
        {
            Sse.Prefetch0((byte*)row + offset);
        }
    }
}
