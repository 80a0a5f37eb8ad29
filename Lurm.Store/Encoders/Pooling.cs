using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lurm.Store.Encoders;

/// <summary>Sums of table rows. A table is far larger than the caches, so rows are fetched a block ahead, and bags of the same keys share each row.</summary>
internal static unsafe class Pooling
{
    /// <summary>Rows added between two visits to the sums, and fetched ahead of them: 4 KB of 128 components, twice in the first-level cache. 8 and 16 measured alike, 32 slower.</summary>
    public const int BlockRows = 8;

    /// <summary>Columns whose sums stay in registers: four vectors for each of two bags.</summary>
    private const int Columns = 32;

    /// <summary>sum += Σ value · row(key).</summary>
    /// <param name="table">Row-major, shape [rows × width].</param>
    /// <param name="width">Components of a row.</param>
    /// <param name="keys">As many as there are values, then those that are pooled next, which are only fetched. All are rows of the table.</param>
    /// <param name="values">One a key.</param>
    /// <param name="sum">Shape [width].</param>
    public static void Add(ReadOnlySpan<float> table, int width, ReadOnlySpan<int> keys, ReadOnlySpan<float> values, Span<float> sum) =>
        Add(table, width, keys, values, sum, [], []);

    /// <summary>The same for two bags of the same keys; <paramref name="otherSum"/> is empty where there is no second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<float> table, int width, ReadOnlySpan<int> keys, ReadOnlySpan<float> values, Span<float> sum, ReadOnlySpan<float> otherValues, Span<float> otherSum)
    {
        Check(table, width, keys, values, sum, otherValues, otherSum);
        fixed (float* rows = table, value = values, otherValue = otherValues, total = sum, otherTotal = otherSum)
        fixed (int* key = keys)
        {
            for (var first = 0; first < values.Length; first += BlockRows)
            {
                var count = Math.Min(BlockRows, values.Length - first);
                var ahead = Math.Max(0, Math.Min(BlockRows, keys.Length - first - BlockRows));
                for (var column = 0; column < width; column += Columns)
                {
                    for (var i = 0; i < ahead; i++)
                    {
                        Fetch(rows + ((long)key[first + BlockRows + i] * width) + column);
                    }

                    if (column + Columns > width)
                    {
                        AddColumns(rows, width, column, key + first, value + first, count, total);
                        if (otherTotal != null)
                        {
                            AddColumns(rows, width, column, key + first, otherValue + first, count, otherTotal);
                        }
                    }
                    else if (otherTotal == null)
                    {
                        AddBlock(rows + column, width, key + first, value + first, count, total + column);
                    }
                    else
                    {
                        AddBlock(rows + column, width, key + first, value + first, count, total + column, otherValue + first, otherTotal + column);
                    }
                }
            }
        }
    }

    private static void Check(ReadOnlySpan<float> table, int width, ReadOnlySpan<int> keys, ReadOnlySpan<float> values, Span<float> sum, ReadOnlySpan<float> otherValues, Span<float> otherSum)
    {
        if (keys.Length < values.Length || sum.Length != width || (!otherSum.IsEmpty && (otherSum.Length != width || otherValues.Length != values.Length)))
        {
            throw new ArgumentException($"found {keys.Length} keys, {values.Length} and {otherValues.Length} values and sums of {sum.Length} and {otherSum.Length}; expected a key a value and sums of {width}", nameof(keys));
        }

        var rows = table.Length / width;
        foreach (var key in keys)
        {
            if ((uint)key >= (uint)rows)
            {
                throw new ArgumentException($"found key {key}; expected 0 to {rows - 1}", nameof(keys));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddBlock(float* rows, int width, int* keys, float* values, int count, float* sum)
    {
        var (s0, s1, s2, s3) = (Vector256.Load(sum), Vector256.Load(sum + 8), Vector256.Load(sum + 16), Vector256.Load(sum + 24));
        for (var i = 0; i < count; i++)
        {
            var row = rows + ((long)keys[i] * width);
            var value = Vector256.Create(values[i]);
            s0 = Vector256.MultiplyAddEstimate(Vector256.Load(row), value, s0);
            s1 = Vector256.MultiplyAddEstimate(Vector256.Load(row + 8), value, s1);
            s2 = Vector256.MultiplyAddEstimate(Vector256.Load(row + 16), value, s2);
            s3 = Vector256.MultiplyAddEstimate(Vector256.Load(row + 24), value, s3);
        }

        s0.Store(sum);
        s1.Store(sum + 8);
        s2.Store(sum + 16);
        s3.Store(sum + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddBlock(float* rows, int width, int* keys, float* values, int count, float* sum, float* otherValues, float* otherSum)
    {
        var (s0, s1, s2, s3) = (Vector256.Load(sum), Vector256.Load(sum + 8), Vector256.Load(sum + 16), Vector256.Load(sum + 24));
        var (t0, t1, t2, t3) = (Vector256.Load(otherSum), Vector256.Load(otherSum + 8), Vector256.Load(otherSum + 16), Vector256.Load(otherSum + 24));
        for (var i = 0; i < count; i++)
        {
            var row = rows + ((long)keys[i] * width);
            var (r0, r1, r2, r3) = (Vector256.Load(row), Vector256.Load(row + 8), Vector256.Load(row + 16), Vector256.Load(row + 24));
            var (value, other) = (Vector256.Create(values[i]), Vector256.Create(otherValues[i]));
            s0 = Vector256.MultiplyAddEstimate(r0, value, s0);
            s1 = Vector256.MultiplyAddEstimate(r1, value, s1);
            s2 = Vector256.MultiplyAddEstimate(r2, value, s2);
            s3 = Vector256.MultiplyAddEstimate(r3, value, s3);
            t0 = Vector256.MultiplyAddEstimate(r0, other, t0);
            t1 = Vector256.MultiplyAddEstimate(r1, other, t1);
            t2 = Vector256.MultiplyAddEstimate(r2, other, t2);
            t3 = Vector256.MultiplyAddEstimate(r3, other, t3);
        }

        s0.Store(sum);
        s1.Store(sum + 8);
        s2.Store(sum + 16);
        s3.Store(sum + 24);
        t0.Store(otherSum);
        t1.Store(otherSum + 8);
        t2.Store(otherSum + 16);
        t3.Store(otherSum + 24);
    }

    /// <summary>The columns that do not fill a block.</summary>
    private static void AddColumns(float* rows, int width, int firstColumn, int* keys, float* values, int count, float* sum)
    {
        for (var i = 0; i < count; i++)
        {
            var row = rows + ((long)keys[i] * width);
            for (var column = firstColumn; column < width; column++)
            {
                sum[column] += values[i] * row[column];
            }
        }
    }

    /// <summary>Asks for the 128 bytes of one block's columns; the row behind them need not be aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* row)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(row);
            Sse.Prefetch0(row + 16);
        }
    }
}
