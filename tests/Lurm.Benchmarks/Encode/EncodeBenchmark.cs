using System.Globalization;
using Lurm.Benchmarks.Index;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Benchmarks.Encode;

/// <summary>
/// Full re-embedding and a one-percent increment: <c>encode FOLDER [--users 20000] [--months 12] [--per-month 30] [--interests 100000] [--threads 0]</c>.
/// Prints users per second and what they cost in processor time, stage by stage.
/// </summary>
internal static class EncodeBenchmark
{
    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var folder = arguments[0];
        var users = arguments.Number("users", 20_000);
        var options = new EmbedOptions { Threads = arguments.Number("threads", 0) };
        using var database = Directory.Exists(folder)
            ? LurmDatabase.Open(folder)
            : SyntheticShop.Create(folder, users, arguments.Number("months", 12), arguments.Number("per-month", 30), arguments.Number("interests", 100_000), anchors: 8, anchorDimensions: 16);

        Report("full", database, options with { All = true });
        Stages(database);
        Report("full, warm", database, options with { All = true });
        database.Ingest(
            Enumerable.Range(0, users / 100).Select(n => new BehaviourEvent { User = string.Create(CultureInfo.InvariantCulture, $"u{n * 100}"), Item = "i1", Time = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero) }),
            string.Create(CultureInfo.InvariantCulture, $"increment {database.LastHistoryVersion}"));
        Report("increment", database, options);
        return 0;
    }

    private static void Report(string name, LurmDatabase database, EmbedOptions options)
    {
        var cpu = Measure.Cpu();
        var encodingCpu = 0.0;
        var report = database.Embed(options, new StageWatch(stage => encodingCpu = stage == EmbedStage.Encoding ? Measure.Cpu() - cpu : encodingCpu));
        var total = Measure.Cpu() - cpu;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {report.Embedded} users on {report.Device}; encoding {report.Encoding.TotalSeconds:F2} s wall, {encodingCpu:F2} s cpu, {report.Embedded / report.Encoding.TotalSeconds:F0} users/s wall, {report.Embedded / Math.Max(1e-9, encodingCpu):F0} users per cpu second; indexing {report.Indexing.TotalSeconds:F2} s; all {report.Elapsed.TotalSeconds:F2} s wall, {total:F2} s cpu; peak {Measure.Memory("VmHWM"):F0} MB"));
    }

    /// <summary>What one thread spends on reading, on reading and bags, and on all but writing: the differences say where the time goes.</summary>
    private static void Stages(LurmDatabase database)
    {
        database.TryGetActiveModel(out var bundle);
        var interests = bundle!.Interests.MapItems(database.ReadItems());
        var builder = new BagBuilder(bundle.Card, bundle.Interests, interests, database.Kinds);
        using var encoder = UserEncoders.Open(bundle, EncoderDevice.Cpu, out _);
        var batch = new EncoderBatch(bundle.Card);
        var output = new float[256 * bundle.Card.Dimensions];
        Measured("read", database, (_, _) => { });
        Measured("read, bags", database, (_, entries) => builder.Build(entries));
        Measured("read, bags, encode", database, (_, entries) =>
        {
            builder.Build(entries);
            batch.Add(builder);
            if (batch.Count == 256)
            {
                encoder.Encode(batch, output);
                batch.Clear();
            }
        });
    }

    private static void Measured(string name, LurmDatabase database, HistoryVisitor visit)
    {
        var users = 0;
        var cpu = Measure.Cpu();
        database.ReadHistories((user, entries) =>
        {
            users++;
            visit(user, entries);
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {(Measure.Cpu() - cpu) / users * 1e6:F1} us cpu per user"));
    }

    private sealed class StageWatch(Action<EmbedStage> at) : IProgress<EmbedProgress>
    {
        public void Report(EmbedProgress value) => at(value.Stage);
    }
}
