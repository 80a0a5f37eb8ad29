using System.Globalization;
using Lurm.Index.Lookalike;

namespace Lurm.Benchmarks.Index;

/// <summary>Fitting time of the lookalike scorers on seeds of one cluster against a background of all.</summary>
/// <remarks><c>lookalike [--seeds N] [--background N] [--columns N] [--rounds N]</c>; seeded rows.</remarks>
internal static class LookalikeBenchmark
{
    public static int Run(string[] args)
    {
        var a = new Arguments(args);
        var (seeds, background, columns) = (a.Number("seeds", 10_000), a.Number("background", 10_000), a.Number("columns", 128));
        var random = new Random(1);
        var seedRows = Rows(random, seeds, columns, 0.05);
        var backgroundRows = Rows(random, background, columns, 0);
        Console.WriteLine("method,seeds,background,columns,round,cpu_ms,wall_ms");
        for (var round = 0; round <= a.Number("rounds", 5); round++)
        {
            foreach (var (method, fit) in new (string, Action)[]
            {
                ("centroid", () => CentroidScorer.Fit(seedRows, backgroundRows, columns)),
                ("clusters", () => ClusterScorer.Fit(seedRows, backgroundRows, columns)),
                ("logistic", () => LogisticScorer.Fit(seedRows, backgroundRows, columns)),
            })
            {
                var (cpu, wall) = (Measure.Cpu(), Measure.Wall());
                fit();
                (cpu, wall) = (Measure.Cpu() - cpu, Measure.Wall() - wall);

                // Round 0 compiles the code.
                if (round > 0)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method},{seeds},{background},{columns},{round},{cpu * 1e3:F1},{wall * 1e3:F1}"));
                }
            }
        }

        return 0;
    }

    private static float[] Rows(Random random, int count, int columns, double lean)
    {
        var rows = new float[count * columns];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (float)((random.NextDouble() - 0.5) * 0.3) + (i % columns < 5 ? (float)lean : 0);
        }

        return rows;
    }
}
