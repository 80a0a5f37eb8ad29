using Lurm.Benchmarks.Encode;
using Lurm.Benchmarks.Endpoints;
using Lurm.Benchmarks.Filters;
using Lurm.Benchmarks.Histories;
using Lurm.Benchmarks.Index;
using Lurm.Benchmarks.Queries;
using Lurm.Benchmarks.Training;

namespace Lurm.Benchmarks;

/// <summary>Runs the benchmark that the first argument names; without one, lists them.</summary>
internal static class Program
{
    private static readonly Dictionary<string, Func<string[], int>> Benchmarks = new(StringComparer.Ordinal)
    {
        ["filters"] = UserFilterBenchmark.Run,
        ["index"] = IndexBenchmark.Run,
        ["index-filter"] = FilterBenchmark.Run,
        ["index-churn"] = ChurnBenchmark.Run,
        ["index-open"] = OpenBenchmark.Run,
        ["index-scan"] = ScanBenchmark.Run,
        ["index-ratios"] = RatioReport.Run,
        ["index-targets"] = TargetReport.Run,
        ["histories"] = HistoriesBenchmark.Run,
        ["lookalike"] = LookalikeBenchmark.Run,
        ["encode"] = EncodeBenchmark.Run,
        ["endpoints"] = EndpointsBenchmark.Run,
        ["endpoints-mixed"] = MixedLoadBenchmark.Run,
        [PlainServer.Name] = PlainServer.Run,
        ["queries"] = QueryBenchmark.Run,
        ["night"] = NightBenchmark.Run,
        ["night-job"] = NightBenchmark.Job,
        ["training-tables"] = TrainingTables.Run,
        ["kernels"] = KernelBenchmark.Run,
    };

    public static int Main(string[] args)
    {
        if (args.Length > 0 && Benchmarks.TryGetValue(args[0], out var benchmark))
        {
            return benchmark(args[1..]);
        }

        Console.Error.WriteLine($"usage: dotnet run -c Release --project tests/Lurm.Benchmarks -- {string.Join(" | ", Benchmarks.Keys)} …");
        return 2;
    }
}
