using System.Globalization;
using Lurm.Benchmarks.Index;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Benchmarks.Encode;

/// <summary>
/// Full re-embedding with both shapes of the default model, stage by stage, and a one-percent increment up to the moment it is found:
/// <c>encode FOLDER [--users 20000] [--months 12] [--per-month 30] [--interests 100000] [--threads 0] [--rounds 3]</c>.
/// </summary>
internal static class EncodeBenchmark
{
    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var folder = arguments[0];
        var users = arguments.Number("users", 20_000);
        var options = new EmbedOptions { Threads = arguments.Number("threads", 0), All = true };
        using var database = Directory.Exists(folder)
            ? LurmDatabase.Open(folder)
            : SyntheticShop.Create(folder, users, arguments.Number("months", 12), arguments.Number("per-month", 30), arguments.Number("interests", 100_000), tasteSize: 200);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory before the first embedding: {Measure.Memory("VmRSS"):F0} MB"));
        foreach (var model in new[] { SyntheticModel.LifetimeAndRecent, SyntheticModel.Lifetime })
        {
            for (var round = 1; round <= arguments.Number("rounds", 3); round++)
            {
                Report(string.Create(CultureInfo.InvariantCulture, $"{model}, full, round {round}"), database, options with { ModelId = model });
            }

            Stages(model, database);
        }

        for (var round = 1; round <= arguments.Number("rounds", 3); round++)
        {
            Increment(database, users, round);
        }

        return 0;
    }

    /// <summary>One user in a hundred has a new event about something nobody of that user's taste has; until a query finds the last of them by it.</summary>
    private static void Increment(LurmDatabase database, int users, int round)
    {
        var before = database.LastHistoryVersion;
        database.Ingest(
            Enumerable.Range(0, users / 100).Select(n => new BehaviourEvent { User = SyntheticShop.User((n * 100) + round), Item = "i1", Time = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero), Weight = 50 }),
            string.Create(CultureInfo.InvariantCulture, $"increment {before}"));
        var last = SyntheticShop.User((users - 100) + round);
        database.TryGetRepresentation(last, out var old);
        var clock = Measure.Wall();
        var report = database.Embed();
        database.TryGetRepresentation(last, out var now);
        var found = database.Similar(new SimilarQuery { Vector = now!, K = 1 }).Users[0].Score;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"increment, round {round}: {report.Embedded} users, from changed rows to found {Measure.Wall() - clock:F2} s (changed: {!old!.AsSpan().SequenceEqual(now)}, score of the nearest to the new vector {found:F4})"));
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
    private static void Stages(string model, LurmDatabase database)
    {
        var bundle = database.ReadBundle(model);
        var interests = bundle.Interests.MapItems(database.ReadItems());
        var builder = new BagBuilder(bundle.Card, bundle.Interests, interests, database.Kinds);
        using var encoder = UserEncoders.Open(bundle, EncoderDevice.Cpu, out _);
        var batch = new EncoderBatch(bundle.Card);
        var output = new float[256 * bundle.Card.Dimensions];
        Measured($"{model}, read", database, (_, _) => { });
        Measured($"{model}, read, bags", database, (_, entries) => builder.Build(entries));
        Measured($"{model}, read, bags, encode", database, (_, entries) =>
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
