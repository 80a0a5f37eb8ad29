using System.Globalization;
using System.Text;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Ingestion;

public sealed class CrashTests
{
    /// <summary>How often a child is killed; the target of 200 is run with <c>LURM_KILLS=200</c>.</summary>
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("LURM_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Killed_at_any_moment_no_acknowledged_batch_is_lost_and_none_counts_twice()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20_261_123);
        var files = Enumerable.Range(0, 6).Select(i => Batch.Write(folder[$"batch{i}.csv"], seed: i, large: i % 2 == 0)).ToArray();
        var kills = 0;
        for (var run = 0; kills < Kills; run++)
        {
            var path = folder[$"db{run}"];
            LurmDatabase.Create(path).Dispose();
            var acknowledged = new HashSet<string>();
            while (kills < Kills && acknowledged.Count < files.Length)
            {
                var killed = RunAndKill(path, files, random.Next(1, 400), acknowledged);
                kills += killed ? 1 : 0;
                Check(path, files, acknowledged);
            }

            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void Processes_share_a_database()
    {
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["db"]);
        var files = new[] { Batch.Write(folder["a.csv"], seed: 1, large: false), Batch.Write(folder["b.csv"], seed: 2, large: true) };
        var before = database.LastHistoryVersion;

        // Two children write, while this process writes too and reads.
        using var first = ChildProcess.Start(database.Folder, [files[0].Path]);
        using var second = ChildProcess.Start(database.Folder, [files[1].Path]);
        var mine = Shop.RandomEvents(seed: 3, users: 500, events: 5_000);
        foreach (var (index, part) in mine.Chunk(500).Index())
        {
            database.Ingest(part, $"mine{index}", cancellationToken: Token);
            database.ReadHistories((_, _) => { }, cancellationToken: Token);
        }

        Assert.True(first.WaitForExit(60_000) && second.WaitForExit(60_000));
        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.True(database.LastHistoryVersion > before);
        Assert.Equal(mine.Count + files.Sum(file => file.Events), database.GetStats(Token).Events);
        Assert.Equal(12, database.GetStats(Token).Batches);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(database.Folder, "spool")));
    }

    // Kills the child so many milliseconds after it opened the database, or before it could, and takes down what it had acknowledged.
    private static bool RunAndKill(string path, Batch[] files, int milliseconds, HashSet<string> acknowledged)
    {
        using var child = ChildProcess.Start(path, files.Select(file => file.Path));
        var lines = new List<string>();
        using var ready = new ManualResetEventSlim();
        child.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                return;
            }

            lock (lines)
            {
                lines.Add(line.Data);
            }

            ready.Set();
        };
        child.BeginOutputReadLine();
        var errors = child.StandardError.ReadToEndAsync(Token);
        Assert.True(ready.Wait(60_000, Token), "the child never opened the database");
        var ended = child.WaitForExit(milliseconds);
        if (!ended)
        {
            child.Kill();
        }

        child.WaitForExit();
        acknowledged.UnionWith(lines.Where(line => line != "ready"));
        if (ended)
        {
            Assert.True(child.ExitCode == 0, errors.GetAwaiter().GetResult());
        }

        return !ended;
    }

    // Opening finishes what was begun: every batch is there whole or not at all, the acknowledged ones are there, and the file is sound.
    private static void Check(string path, Batch[] files, HashSet<string> acknowledged)
    {
        using var database = LurmDatabase.Open(path);
        var present = new HashSet<string>();
        using (var read = database.Connections.Read())
        {
            Assert.Equal("ok", read.Session.QueryText("PRAGMA integrity_check"));
            using var batches = read.Session.Prepare("SELECT id, state FROM batches");
            while (batches.Step())
            {
                Assert.Equal("done", batches.Text(1));
                present.Add(batches.Text(0)!);
            }
        }

        Assert.Subset(present, acknowledged);
        var expected = new Dictionary<string, int>();
        foreach (var user in files.Where(file => present.Contains(System.IO.Path.GetFileName(file.Path))).SelectMany(file => file.EventsOfUsers))
        {
            expected[user.Key] = expected.GetValueOrDefault(user.Key) + user.Value;
        }

        var actual = new Dictionary<string, int>();
        var id = new string?[1];
        database.ReadHistories(
            (key, entries) =>
            {
                database.GetUserIds([key], id);
                foreach (var entry in entries)
                {
                    actual[id[0]!] = actual.GetValueOrDefault(id[0]!) + entry.Count;
                }
            },
            cancellationToken: Token);
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected, user => Assert.True(actual.GetValueOrDefault(user.Key) == user.Value, $"{user.Key}: found {actual.GetValueOrDefault(user.Key)} events, expected {user.Value}"));
        Assert.Equal(expected.Values.Sum(), database.GetStats(Token).Events);
        var spool = System.IO.Path.Combine(path, "spool");
        Assert.True(!Directory.Exists(spool) || !Directory.EnumerateFileSystemEntries(spool).Any(), "a spool was left");
    }

    /// <summary>A file of events, and how many each user has in it.</summary>
    private sealed record Batch(string Path, IReadOnlyDictionary<string, int> EventsOfUsers)
    {
        public int Events => EventsOfUsers.Values.Sum();

        public static Batch Write(string path, int seed, bool large)
        {
            // Large ones go through the spool in many transactions, small ones are one.
            var random = new Random(seed);
            var users = large ? 30_000 : 3_000;
            var events = large ? 45_000 : 10_000;
            var text = new StringBuilder("user,item,time\n");
            var counts = new Dictionary<string, int>();
            for (var i = 0; i < events; i++)
            {
                var user = string.Create(CultureInfo.InvariantCulture, $"u{(i < users ? i : random.Next(users))}");
                counts[user] = counts.GetValueOrDefault(user) + 1;
                text.Append(CultureInfo.InvariantCulture, $"{user},i{random.Next(200)},{1_600_000_000 + random.Next(40_000_000)}\n");
            }

            File.WriteAllText(path, text.ToString());
            return new Batch(path, counts);
        }
    }
}
