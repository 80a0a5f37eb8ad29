using System.Globalization;
using Lurm.Index;

namespace Lurm.Benchmarks.Index;

/// <summary>Top 10,000 of a million int8 vectors by scanning them, beside the machine's own read bandwidth.</summary>
/// <remarks><c>index-scan [--rows N] [--dimensions N] [--top N] [--threads N] [--rounds N] [--seed N]</c>. Rows are seeded uniform random: nothing about a scan depends on them.</remarks>
internal static unsafe class ScanBenchmark
{
    public static int Run(string[] args)
    {
        var a = new Arguments(args);
        var rows = a.Number("rows", 1_000_000);
        var d = a.Number("dimensions", 128);
        var top = a.Number("top", 10_000);
        var threads = a.Number("threads", 1);
        var rounds = a.Number("rounds", 15);
        var random = new Random(a.Number("seed", 1));
        using var index = Filled(rows, d, random);
        var query = new float[d];
        Randomise(query, random);
        var hits = new Neighbor[top];
        for (var i = 0; i < 5; i++)
        {
            index.Scan(query, hits, threads: threads);
        }

        Console.WriteLine("stage,rows,d,top,threads,round,cpu_ms,wall_ms,gb_per_s");
        var megabytes = (long)rows * ((d + 31) / 32 * 32) / 1e6;
        for (var round = 1; round <= rounds; round++)
        {
            var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
            if (index.Scan(query, hits, threads: threads) != top)
            {
                throw new InvalidOperationException("The scan returned too few.");
            }

            (cpu, wall) = (Measure.Cpu() - cpu, Measure.Wall() - wall);
            Print("scan_int8", rows, d, top, threads, round, cpu, wall, megabytes);
            (cpu, wall) = ReadBandwidth(megabytes);
            Print("read_bandwidth", rows, d, 0, 1, round, cpu, wall, megabytes);
        }

        return 0;
    }

    private static void Print(string stage, int rows, int d, int top, int threads, int round, double cpu, double wall, double megabytes) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage},{rows},{d},{top},{threads},{round},{cpu * 1e3:F2},{wall * 1e3:F2},{megabytes / 1e3 / wall:F2}"));

    /// <summary>An index that is only scanned: its rows go through Build in one piece, with the fewest links it allows.</summary>
    private static HnswIndex Filled(int rows, int d, Random random)
    {
        var vectors = new float[(long)rows * d];
        Randomise(vectors, random);
        var keys = new long[rows];
        for (var i = 0; i < rows; i++)
        {
            keys[i] = i;
        }

        return HnswIndex.BuildUnlinked(new HnswOptions { Dimensions = d, Storage = VectorStorage.Int8, MaxLinks = 2 }, keys, vectors);
    }

    private static void Randomise(float[] values, Random random)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(random.NextDouble() - 0.5);
        }
    }

    /// <summary>Seconds to sum as many bytes as the scan reads, with the widest portable registers.</summary>
    private static (double Cpu, double Wall) ReadBandwidth(double megabytes)
    {
        var length = (long)(megabytes * 1e6) / 32 * 32;
        if (Block is null)
        {
            // Pages that were never written all read as one page of zeros, from the cache.
            Block = new ulong[length / 8];
            Array.Fill(Block, 0x0123456789ABCDEFul);
        }

        var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
        var sum = System.Numerics.Vector<ulong>.Zero;
        fixed (ulong* start = Block)
        {
            var words = System.Numerics.Vector<ulong>.Count;
            for (long i = 0; i <= Block.Length - (4 * words); i += 4 * words)
            {
                sum += System.Runtime.CompilerServices.Unsafe.ReadUnaligned<System.Numerics.Vector<ulong>>(start + i)
                    ^ System.Runtime.CompilerServices.Unsafe.ReadUnaligned<System.Numerics.Vector<ulong>>(start + i + words)
                    ^ System.Runtime.CompilerServices.Unsafe.ReadUnaligned<System.Numerics.Vector<ulong>>(start + i + (2 * words))
                    ^ System.Runtime.CompilerServices.Unsafe.ReadUnaligned<System.Numerics.Vector<ulong>>(start + i + (3 * words));
            }
        }

        Sink = sum[0];
        return (Measure.Cpu() - cpu, Measure.Wall() - wall);
    }

    private static ulong[]? Block { get; set; }

    private static ulong Sink { get; set; }
}
