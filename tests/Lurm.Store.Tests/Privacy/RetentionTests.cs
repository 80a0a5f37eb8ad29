using Lurm.Store.Histories;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Privacy;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = new(2021, 3, 15, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(PeriodGrain.Month)]
    [InlineData(PeriodGrain.Day)]
    public void What_is_left_is_what_would_have_been_ingested_without_the_old_events(PeriodGrain grain)
    {
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["db"], grain);
        var random = new Random(5);
        var cutoff = new DateTimeOffset(2020, 12, 1, 0, 0, 0, TimeSpan.Zero);
        BehaviourEvent[] events =
        [
            .. from user in Enumerable.Range(0, 60)
               from _ in Enumerable.Range(0, 40)
               select new BehaviourEvent { User = $"u{user}", Item = $"i{random.Next(20)}", Kind = random.Next(2) == 0 ? "buy" : null, Time = cutoff.AddMinutes(random.Next(-900_000, user % 3 == 0 ? -1 : 150_000)) },
        ];
        for (var i = 0; i < 4; i++)
        {
            database.Ingest(events.Where((_, n) => n % 4 == i), $"b{i}", cancellationToken: TestContext.Current.CancellationToken);
        }

        var itemNames = database.ReadItems(TestContext.Current.CancellationToken).ToDictionary(item => item.Key, item => item.Id);
        var kinds = database.Kinds;
        var version = database.LastHistoryVersion;
        database.RegisterAttribute("Note", AttributeType.String);
        database.SetAttributes("never active", new Dictionary<string, object?> { ["Note"] = "kept" });

        var report = database.Retain(months: 3, Now, TestContext.Current.CancellationToken);

        var kept = events.Where(e => e.Time >= cutoff).ToArray();
        Assert.True(report.IsFinished);
        Assert.Equal(events.Length - kept.Length, report.Events);
        Assert.Equal(60 - kept.Select(e => e.User).Distinct().Count(), report.UsersErased);
        Assert.NotEqual(0, report.UsersShortened);
        Assert.True(database.TryGetUser("never active", out _));
        foreach (var user in kept.GroupBy(e => e.User))
        {
            Assert.True(database.TryGetUser(user.Key, out var record));
            var periods = user.GroupBy(e => Period(e.Time, grain)).OrderBy(g => g.Key).ToArray();
            Assert.Equal((user.Count(), periods.Length), (record.EventCount, record.PeriodCount));
            Assert.Equal(user.Max(e => e.Time.ToUnixTimeSeconds()), record.LastSeen!.Value.ToUnixTimeSeconds());
            Assert.Equal(periods[0].Key, Period(record.FirstSeen!.Value, grain));
            var left = new List<string>();
            database.ReadHistory(record.UserKey, (_, entries) => left.AddRange(entries.ToArray().Select(e => $"{e.Period} {itemNames[e.Item]} {kinds[e.Kind]} {e.Count}")));
            Assert.Equal(
                user.GroupBy(e => (Period: Period(e.Time, grain), e.Item, Kind: e.Kind ?? "")).Select(g => $"{g.Key.Period} {g.Key.Item} {g.Key.Kind} {g.Count()}").Order(),
                left.Order());
        }

        Assert.Equal(report.UsersShortened, database.ReadChangedUsers(version, TestContext.Current.CancellationToken).Length);
        Assert.Empty(database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
        Assert.Equal((0, 0), (database.Retain(months: 3, Now, TestContext.Current.CancellationToken).Events, database.Retain(months: 3, Now, TestContext.Current.CancellationToken).UsersErased));
    }

    [Theory]
    [MemberData(nameof(ErasureTests.PageSizes), MemberType = typeof(ErasureTests))]
    public void No_byte_of_what_was_dropped_is_left(int pageBytes)
    {
        using var canaries = new Canaries(seed: 11, others: 50, pageBytes);
        Assert.True(canaries.Database.Retain(months: 1, cancellationToken: TestContext.Current.CancellationToken).IsFinished);

        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
        Assert.Equal(0, canaries.Database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
    }

    private static int Period(DateTimeOffset time, PeriodGrain grain) =>
        grain == PeriodGrain.Month ? (time.Year - 1970) * 12 + time.Month - 1 : (int)(time - DateTimeOffset.UnixEpoch).TotalDays;
}
