using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Benchmarks.Histories;

/// <summary>One thread: all histories decoded, and derived into lifetime and recent bags over 1,000 interests (item number modulo, since only the work counts).</summary>
internal static class ReadAndDerive
{
    private const int Interests = 1000;
    private const int Rounds = 4;

    public static int Run(string[] args)
    {
        if (args.Length != 1)
        {
            return HistoriesBenchmark.Run([]);
        }

        using var lurm = LurmDatabase.Open(args[0]);
        var items = lurm.ReadItems();
        var table = new int[items.Count == 0 ? 0 : items[^1].Key + 1];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = i % Interests;
        }

        var idf = new float[Interests];
        Array.Fill(idf, 1f);
        var interests = InterestModel.Create([.. Enumerable.Range(0, Interests).Select(i => $"{i}")], idf, []);
        foreach (var (name, bags) in new[]
        {
            ("lifetime", new[] { new BagInput { Name = "lifetime", Scale = Scale.Lifetime } }),
            ("lifetime and recent", [new BagInput { Name = "lifetime", Scale = Scale.Lifetime }, new BagInput { Name = "recent", Scale = Scale.Recent, HalfLifePeriods = 2, GateHalfCount = 10 }]),
        })
        {
            var card = new ModelCard { ModelId = "bench", CreatedAt = DateTimeOffset.UnixEpoch, Anchors = 1, AnchorDimensions = 1, Interests = Interests, Grain = lurm.Grain, Bags = bags };
            var builder = new BagBuilder(card, interests, table, lurm.Kinds);
            for (var round = 0; round < Rounds; round++)
            {
                Measure($"read and derive {name}", lurm, entries => builder.Build(entries));
            }
        }

        for (var round = 0; round < Rounds; round++)
        {
            Measure("read and decode", lurm, _ => true);
        }

        return 0;
    }

    private static void Measure(string what, LurmDatabase lurm, Func<ReadOnlySpan<HistoryEntry>, bool> use)
    {
        long counts = 0, events = 0, users = 0;
        var cpu = Shop.Cpu();
        lurm.ReadHistories((_, entries) =>
        {
            use(entries);
            counts += entries.Length;
            foreach (ref readonly var entry in entries)
            {
                events += entry.Count;
            }

            users++;
        });
        cpu = Shop.Cpu() - cpu;
        Shop.Print($"{what}: {counts:N0} counts ({events:N0} events, {users:N0} users) in {cpu:F2} s CPU, {counts / cpu / 1e6:F1} million counts/s (target 20)");
    }
}
