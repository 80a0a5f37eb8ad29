using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Lurm.Store;

namespace Lurm.Benchmarks.Histories;

/// <summary>Online Retail into Lurm, from gzip, in a new process each time, against <c>sqlite3 .import</c> of the plain rows into a plain table.</summary>
internal static class ImportRatio
{
    public static int Run(string[] args)
    {
        if (args is ["child", var source, var database])
        {
            using var lurm = LurmDatabase.Create(database);
            lurm.IngestFiles([source], Shop.Retail);
            return 0;
        }

        if (args.Length is < 1 or > 2)
        {
            return HistoriesBenchmark.Run([]);
        }

        var rounds = args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        var folder = Directory.CreateTempSubdirectory("lurm-import-").FullName;
        try
        {
            // Decompressed before the clock starts: .import reads no gzip.
            var plain = Path.Combine(folder, "rows.tsv");
            using (var from = new GZipStream(File.OpenRead(args[0]), CompressionMode.Decompress))
            using (var to = File.Create(plain))
            {
                from.CopyTo(to);
            }

            List<double> import = [], ingest = [];
            for (var round = 0; round < rounds; round++)
            {
                import.Add(Time("sqlite3", Path.Combine(folder, $"plain{round}.db"), ".mode ascii", ".separator \"\\t\" \"\\n\"", $".import {plain} rows"));
                ingest.Add(Time(Environment.ProcessPath!, "histories", "import", "child", args[0], Path.Combine(folder, $"lurm{round}")));
                Shop.Print($"round {round + 1}: sqlite3 .import {import[^1]:F2} s, lurm {ingest[^1]:F2} s");
            }

            import.Sort();
            ingest.Sort();
            Shop.Print($"median: sqlite3 .import {import[rounds / 2]:F2} s, lurm {ingest[rounds / 2]:F2} s, ratio {ingest[rounds / 2] / import[rounds / 2]:F2} (target at most 0.7)");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Time(string program, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        return process.ExitCode == 0 ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
