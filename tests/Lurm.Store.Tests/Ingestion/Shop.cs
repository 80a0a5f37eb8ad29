using System.Globalization;
using System.Text;
using Lurm.Store.Histories;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Ingestion;

/// <summary>A database of a test's own, files beside it, and what its histories must hold, counted the plain way.</summary>
internal sealed class Shop : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Shop(PeriodGrain grain = PeriodGrain.Month)
    {
        Database = LurmDatabase.Create(_folder["shop.lurm"], grain);
    }

    public static EventMapping Mapping { get; } = new() { UserColumn = "user", ItemColumn = "item", TimeColumn = "time" };

    public LurmDatabase Database { get; private set; }

    public DatabaseStats Stats => Database.GetStats(TestContext.Current.CancellationToken);

    /// <summary>Seeded events over three years, in no order.</summary>
    public static IReadOnlyList<BehaviourEvent> RandomEvents(int seed, int users, int events, int items = 500)
    {
        var random = new Random(seed);
        var kinds = new[] { null, "view", "cart", "buy" };
        return
        [
            .. Enumerable.Range(0, events).Select(i => new BehaviourEvent
            {
                User = string.Create(CultureInfo.InvariantCulture, $"u{(i < users ? i : random.Next(users))}"),
                Item = string.Create(CultureInfo.InvariantCulture, $"i{(int)(items * random.NextDouble() * random.NextDouble())}"),
                Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000 + random.Next(3 * 365 * 86_400)),
                Kind = kinds[random.Next(kinds.Length)],
                Weight = random.Next(4) == 0 ? Math.Round(random.NextDouble() * 10 + 0.001, 3) : null,
            }),
        ];
    }

    /// <summary>What histories must hold after these events: count and weight of each user, period, item and kind.</summary>
    public static Dictionary<(string User, int Period, string Item, string Kind), (int Count, long Weight)> Count(IEnumerable<BehaviourEvent> events, PeriodGrain grain = PeriodGrain.Month) =>
        events
            .GroupBy(one => (one.User, Period(one.Time, grain), one.Item, one.Kind ?? ""))
            .ToDictionary(group => group.Key, group => (group.Count(), group.Sum(one => (long)Math.Round((one.Weight ?? 1) * 1000))));

    public static int Period(DateTimeOffset time, PeriodGrain grain) => grain == PeriodGrain.Day
        ? (int)Math.Floor((time.UtcDateTime - DateTime.UnixEpoch).TotalDays)
        : (time.UtcDateTime.Year - 1970) * 12 + time.UtcDateTime.Month - 1;

    /// <summary>What they do hold.</summary>
    public static Dictionary<(string User, int Period, string Item, string Kind), (int Count, long Weight)> Read(LurmDatabase database)
    {
        var items = database.ReadItems(TestContext.Current.CancellationToken).ToDictionary(item => item.Key, item => item.Id);
        var kinds = database.Kinds;
        var all = new Dictionary<(string, int, string, string), (int, long)>();
        var ids = new string?[1];
        database.ReadHistories(
            (key, entries) =>
            {
                database.GetUserIds([key], ids);
                foreach (var entry in entries)
                {
                    all.Add((ids[0]!, entry.Period, items[entry.Item], kinds[entry.Kind]), (entry.Count, entry.WeightThousandths));
                }
            },
            cancellationToken: TestContext.Current.CancellationToken);
        return all;
    }

    /// <summary>Fails where the two differ, naming the first difference.</summary>
    public void AssertHolds(IEnumerable<BehaviourEvent> events)
    {
        var expected = Count(events, Database.Grain);
        var actual = Read(Database);
        foreach (var (key, value) in expected)
        {
            Assert.True(actual.TryGetValue(key, out var found), $"{key} is missing");
            Assert.True(value == found, $"{key}: found {found}, expected {value}");
        }

        Assert.Equal(expected.Count, actual.Count);
        var stats = Stats;
        Assert.Equal(expected.Values.Sum(value => (long)value.Count), stats.Events);
        Assert.Equal(expected.Keys.Select(key => (key.User, key.Period)).Distinct().Count(), stats.Periods);
    }

    public IngestReport Ingest(string batchId, params (string User, string Item, long Seconds)[] events) => Database.Ingest(
        events.Select(one => new BehaviourEvent { User = one.User, Item = one.Item, Time = DateTimeOffset.FromUnixTimeSeconds(one.Seconds) }),
        batchId,
        cancellationToken: TestContext.Current.CancellationToken);

    public string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return _folder[name];
    }

    public string PathOf(string name) => _folder[name];

    public IngestReport IngestText(string name, string text, EventMapping? mapping = null, IngestOptions? options = null) =>
        Database.IngestFiles([Write(name, text)], mapping ?? Mapping, options, null, TestContext.Current.CancellationToken);

    public StoreException Refused(string name, string text, EventMapping? mapping = null, IngestOptions? options = null)
    {
        var fault = Assert.Throws<StoreException>(() => IngestText(name, text, mapping, options));
        var stats = Stats;
        Assert.Equal((0, 0, 0, 0), (stats.Users, stats.Items, stats.Events, stats.Batches));
        return fault;
    }

    public IEnumerable<string> Ids(long[] keys)
    {
        var ids = new string?[keys.Length];
        Database.GetUserIds(keys, ids);
        return ids.Select(id => id!);
    }

    public void Reopen()
    {
        var folder = Database.Folder;
        Database.Dispose();
        Database = LurmDatabase.Open(folder);
    }

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
    }
}
