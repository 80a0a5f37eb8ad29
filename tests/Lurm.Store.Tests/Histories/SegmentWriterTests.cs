using CsCheck;
using Lurm.Store.Histories;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Histories;

public sealed class SegmentWriterTests
{
    [Fact]
    public void In_whatever_order_parts_come_the_history_is_their_sum()
    {
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["db"]);
        var user = 0L;

        // Months of a long life with enough entries for many segments, in parts that come in any order.
        Gen.Select(Gen.Int[600, 660], Gen.Int[1, 400], Gen.Int[0, 2], (period, item, kind) => new HistoryEntry(period, item, (short)kind, 1, 1000))
            .Array[0, 600].Array[1, 12]
            .Sample(
                parts =>
                {
                    user++;
                    var counts = default(HistoryCounts);
                    using (var write = database.Connections.Write(TestContext.Current.CancellationToken))
                    {
                        using (var segments = new SegmentWriter(write.Session))
                        {
                            foreach (var part in parts.Where(part => part.Length > 0))
                            {
                                counts = segments.Add(user, Sum(part));
                            }
                        }

                        write.Commit();
                    }

                    var all = parts.SelectMany(part => part).ToArray();
                    HistoryEntry[] read = [];
                    Assert.Equal(all.Length > 0, database.ReadHistory(user, (_, entries) => read = entries.ToArray()));
                    Assert.Equal(Sum(all), read);
                    Assert.Equal(new HistoryCounts(all.Select(entry => entry.Period).Distinct().Count(), all.Select(entry => entry.Item).Distinct().Count()), counts);
                    CheckSegments(database, user, all.Length);
                },
                iter: 60,
                threads: 1);
    }

    private static HistoryEntry[] Sum(IEnumerable<HistoryEntry> entries) =>
    [
        .. entries.GroupBy(entry => (entry.Period, entry.Item, entry.Kind))
            .Select(group => new HistoryEntry(group.Key.Period, group.Key.Item, group.Key.Kind, group.Sum(entry => entry.Count), group.Sum(entry => entry.WeightThousandths)))
            .OrderBy(entry => entry.Period).ThenBy(entry => entry.Item).ThenBy(entry => entry.Kind),
    ];

    // Segments begin where their key says, follow one another without overlap, and are cut when they have grown.
    private static void CheckSegments(LurmDatabase database, long user, int events)
    {
        using var read = database.Connections.Read();
        using var rows = read.Session.Prepare("SELECT first_period, events, counts FROM histories WHERE user_key = ?1 ORDER BY segment");
        rows.Bind(1, user);
        var last = -1;
        var sum = 0L;
        while (rows.Step())
        {
            var entries = HistoryGen.Decode(rows.Blob(2));
            Assert.Equal(rows.Int32(0), entries[0].Period);
            Assert.True(entries[0].Period > last, "segments overlap");
            Assert.Equal(rows.Int64(1), entries.Sum(entry => (long)entry.Count));
            Assert.True(rows.Blob(2).Length <= SegmentWriter.SegmentBytes * 5 / 4 || entries[0].Period == entries[^1].Period, $"a segment of {rows.Blob(2).Length} bytes was not cut");
            last = entries[^1].Period;
            sum += rows.Int64(1);
        }

        Assert.Equal(events, sum);
    }
}
