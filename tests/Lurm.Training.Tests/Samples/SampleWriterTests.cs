using Lurm.TestKit;
using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Samples;

public sealed class SampleWriterTests
{
    private static readonly SampleOptions Small = new() { Users = 400, Months = 12, Events = 40_000, Items = 2_000, Seed = 5 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a"], Small);
        Write(folder["b"], Small);
        Write(folder["c"], Small with { Seed = 6 });
        foreach (var name in new[] { "events.csv", "items.csv", "labels.csv", "README.md" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["a"], name)), File.ReadAllBytes(Path.Combine(folder["b"], name)));
            Assert.NotEqual(File.ReadAllBytes(Path.Combine(folder["a"], name)), File.ReadAllBytes(Path.Combine(folder["c"], name)));
        }
    }

    [Fact]
    public void Events_are_as_many_as_asked_in_time_order_and_within_the_months()
    {
        using var folder = new TemporaryFolder();
        Write(folder["s"], Small);
        var rows = Rows(folder["s"], "events.csv");
        var times = rows.Select(row => long.Parse(row[2])).ToArray();
        Assert.Equal(Small.EventCount, rows.Length);
        Assert.All(rows, row => Assert.Equal(7, row.Length));
        Assert.Equal(times.Order(), times);
        Assert.True(times[0] >= new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        Assert.True(times[^1] < new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        Assert.Equal(12, times.Select(time => DateTimeOffset.FromUnixTimeSeconds(time).Month).Distinct().Count());
    }

    [Fact]
    public void Item_text_of_an_event_is_the_catalogues()
    {
        using var folder = new TemporaryFolder();
        Write(folder["s"], Small);
        var items = Rows(folder["s"], "items.csv").ToDictionary(row => row[0], row => (row[1], row[2]));
        Assert.Equal(Small.Items, items.Count);
        Assert.All(Rows(folder["s"], "events.csv"), row => Assert.Equal(items[row[1]], (row[4], row[5])));
    }

    [Fact]
    public void Every_user_has_one_label_row_and_only_the_switched_have_two_personas()
    {
        using var folder = new TemporaryFolder();
        var report = Write(folder["s"], Small);
        var labels = Rows(folder["s"], "labels.csv");
        Assert.Equal(Small.Users, labels.Select(row => row[0]).Distinct().Count());
        Assert.All(labels, row => Assert.Equal(row[3] == "yes", row[1] != row[2]));
        Assert.All(labels, row => Assert.Equal(row[3] == "yes", row[4].Length > 0));
        Assert.Equal(report.Switched, labels.Count(row => row[3] == "yes"));
        Assert.InRange(report.Switched, Small.Users / 10, Small.Users / 2);
        Assert.Superset(
            labels.Select(row => row[0]).ToHashSet(),
            labels.Select(row => row[0]).Union(Rows(folder["s"], "events.csv").Select(row => row[0])).ToHashSet());
    }

    [Fact]
    public void Switched_users_leave_their_first_persona_for_the_current_one()
    {
        using var folder = new TemporaryFolder();
        Write(folder["s"], Small with { Users = 1_000, Events = 200_000 });
        var labels = Rows(folder["s"], "labels.csv").ToDictionary(row => row[0]);
        var events = Rows(folder["s"], "events.csv");

        // What a persona likes shows in the categories of those who never switch.
        var liked = events.Where(row => labels[row[0]][3] == "no")
            .GroupBy(row => labels[row[0]][1])
            .ToDictionary(group => group.Key, group => Shares(group));
        var before = 0.0;
        var after = 0.0;
        foreach (var user in events.Where(row => labels[row[0]][3] == "yes").GroupBy(row => row[0]))
        {
            var label = labels[user.Key];
            var switchTime = DateTimeOffset.Parse(label[4] + "-01T00:00:00Z").ToUnixTimeSeconds();
            var old = user.Where(row => long.Parse(row[2]) < switchTime).ToArray();
            var late = user.Where(row => long.Parse(row[2]) >= switchTime + (62 * 86_400)).ToArray();
            if (old.Length == 0 || late.Length == 0 || !liked.ContainsKey(label[1]) || !liked.ContainsKey(label[2]))
            {
                continue;
            }

            before += old.Average(row => Lead(liked, label, row[5]));
            after += late.Average(row => Lead(liked, label, row[5]));
        }

        Assert.True(before > 0, $"before the switch the first persona leads by {before}; expected above 0");
        Assert.True(after < 0, $"after the switch the first persona leads by {after}; expected below 0");
    }

    [Fact]
    public void Popularity_falls_as_zipf_does()
    {
        using var folder = new TemporaryFolder();
        Write(folder["s"], Small with { Users = 2_000, Events = 400_000, Items = 1_000 });
        var counts = Rows(folder["s"], "events.csv").GroupBy(row => row[1]).Select(group => (double)group.Count()).OrderDescending().ToArray();

        // The slope of log count over log rank, away from the head and the tail; personas blur it a little.
        Assert.InRange(Math.Log(counts[9] / counts[299]) / Math.Log(300.0 / 10), 0.6, 1.1);
    }

    [Fact]
    public void A_folder_with_something_in_it_is_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.txt"], "mine");
        var failure = Assert.Throws<IOException>(() => Write(folder.Path, Small));
        Assert.Contains("not empty", failure.Message);
        Assert.Equal([folder["mine.txt"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(1, 1, 1, 10)]
    [InlineData(1, 3, 7, 10)]
    [InlineData(3, 600, 1000, 50)]
    public void The_smallest_samples_are_whole(int users, int months, long events, int items)
    {
        using var folder = new TemporaryFolder();
        Write(folder["s"], new SampleOptions { Users = users, Months = months, Events = events, Items = items });
        Assert.Equal(events, Rows(folder["s"], "events.csv").Length);
    }

    [Theory]
    [InlineData(0, 24, 100)]
    [InlineData(10, 0, 100)]
    [InlineData(10, 24, 0)]
    public void Sizes_out_of_bounds_are_refused_before_anything_is_written(int users, int months, int items)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ArgumentException>(() => Write(folder["s"], new SampleOptions { Users = users, Months = months, Items = items }));
        Assert.False(Directory.Exists(folder["s"]));
    }

    private static SampleReport Write(string folder, SampleOptions options) => SampleWriter.Write(folder, options, cancellationToken: Cancellation);

    private static string[][] Rows(string folder, string name) =>
        File.ReadAllLines(Path.Combine(folder, name)).Skip(1).Select(line => line.Split(',')).ToArray();

    private static Dictionary<string, double> Shares(IEnumerable<string[]> rows)
    {
        var all = rows.ToArray();
        return all.GroupBy(row => row[5]).ToDictionary(group => group.Key, group => (double)group.Count() / all.Length);
    }

    private static double Lead(Dictionary<string, Dictionary<string, double>> liked, string[] label, string category) =>
        liked[label[1]].GetValueOrDefault(category) - liked[label[2]].GetValueOrDefault(category);
}
