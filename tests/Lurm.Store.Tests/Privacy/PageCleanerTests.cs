using System.Globalization;
using Lurm.Store.Histories;
using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Privacy;

public sealed class PageCleanerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(512)]
    [InlineData(1_024)]
    [InlineData(4_096)]
    [InlineData(8_192)]
    [InlineData(65_536)]
    public void Copies_that_moved_rows_left_behind_go_and_no_row_changes(int pageBytes)
    {
        using var folder = new TemporaryFolder();
        using var database = Churned(folder["db"], pageBytes);
        var before = Content(database);

        var first = Clean(database.Connections);

        Assert.True(pageBytes > 4_096 || first.PagesCleaned > 0, "nothing was left over; the test shows nothing");
        Assert.Equal(0, Clean(database.Connections).PagesCleaned);
        Assert.Equal(before, Content(database));
        Assert.Empty(database.Check(cancellationToken: Token).Problems);
        Assert.Equal(0, Occurrences(database, "leaver"u8));
        Assert.NotEqual(0, Occurrences(database, "stayer"u8));
    }

    [Fact]
    public void A_crash_in_the_middle_of_cleaning_leaves_a_file_that_says_the_same()
    {
        using var folder = new TemporaryFolder();
        string before;
        byte[] dirty, clean = [];
        using (var database = Churned(folder["db"], 4_096))
        {
            before = Content(database);
            Checkpoint(database);
            dirty = File.ReadAllBytes(folder["db/lurm.db"]);
            using var cleaner = new PageCleaner(database.Connections);
            Assert.True(cleaner.Run(TimeSpan.FromSeconds(30), _ => clean = File.ReadAllBytes(folder["db/lurm.db"]), Token));
        }

        Assert.Equal(dirty.Length, clean.Length);
        Assert.False(dirty.AsSpan().SequenceEqual(clean));
        var random = new Random(1); // Fixed.
        for (var crash = 0; crash < 5; crash++)
        {
            // Any sectors of 512 bytes may have reached the disk.
            byte[] torn = [.. dirty];
            for (var sector = 0; sector < torn.Length; sector += 512)
            {
                if (random.Next(2) == 0)
                {
                    clean.AsSpan(sector, 512).CopyTo(torn.AsSpan(sector));
                }
            }

            var path = folder[string.Create(CultureInfo.InvariantCulture, $"torn-{crash}")];
            Directory.CreateDirectory(path);
            File.WriteAllBytes(Path.Combine(path, LurmDatabase.FileName), torn);
            using var database = LurmDatabase.Open(path);
            Assert.Equal(before, Content(database));
            Assert.Empty(database.Check(cancellationToken: Token).Problems);
        }
    }

    [Fact]
    public async Task A_large_file_is_cleaned_in_several_transactions_and_once_more_where_others_wrote_between()
    {
        using var folder = new TemporaryFolder();
        using var database = Churned(folder["db"], 4_096);
        using var other = LurmDatabase.Open(database.Folder);
        long pages;
        using (var read = database.Connections.Read())
        {
            pages = read.Session.QueryInt64("PRAGMA page_count");
        }

        Assert.InRange(Clean(database.Connections, 10 * 4_096).PagesRead, pages, pages + 8);

        using var cleaner = new PageCleaner(database.Connections) { BytesPerTransaction = 10 * 4_096 };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = Task.Run(
            () =>
            {
                for (var n = 0; !stop.IsCancellationRequested; n++)
                {
                    other.SetAttributes(Id("stayer", n % 400), new Dictionary<string, object?> { ["Note"] = new string('x', n * 37 % 900) });
                }
            },
            Token);
        Assert.True(cleaner.Run(TimeSpan.FromMinutes(1), _ => { }, Token));
        await stop.CancelAsync();
        await writing;

        Assert.Empty(database.Check(cancellationToken: Token).Problems);
        Assert.Equal(0, Occurrences(database, "leaver"u8));
    }

    [Fact]
    public void Bytes_that_are_no_page_meet_the_typed_error()
    {
        var random = new Random(2); // Fixed.
        var page = new byte[1_024];
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(page);
            page[0] = (byte)(2 + random.Next(2) * 8 + random.Next(2) * 3);
            page.AsSpan(1, 7).Fill((byte)random.Next(3));
            try
            {
                var (from, to) = UnusedBytes.Clear(page, number: 2, random.Next(3) == 0 ? PageUse.FreeTrunk : PageUse.Tree);
                Assert.InRange(from, 0, to);
            }
            catch (StoreException fault)
            {
                Assert.Equal(StoreFault.Corrupt, fault.Fault);
                refused++;
            }
        }

        Assert.NotEqual(0, refused);
    }

    // Users that stay ("stayer") among users that go ("leaver"), in rows that grow and shrink, so that pages are balanced over and over.
    private static LurmDatabase Churned(string path, int pageBytes)
    {
        var database = LurmDatabase.Create(path, PeriodGrain.Month, pageBytes);
        var random = new Random(3); // Fixed.
        database.RegisterAttribute("Note", AttributeType.String, isIndexed: true);
        for (var batch = 0; batch < 4; batch++)
        {
            var users = Enumerable.Range(0, 800).Select(n => Id(n % 2 == 0 ? "stayer" : "leaver", n)).ToArray();
            random.Shuffle(users);
            database.Ingest(
                users.SelectMany(user => Enumerable.Range(0, 6).Select(_ => new BehaviourEvent { User = user, Item = $"i{random.Next(500)}", Time = DateTimeOffset.UnixEpoch.AddDays(19_000 + random.Next(600)) })),
                $"b{batch}",
                cancellationToken: Token);
            foreach (var user in users.Take(300))
            {
                database.SetAttributes(user, new Dictionary<string, object?> { ["Note"] = string.Concat(Enumerable.Repeat(user, 1 + random.Next(20))) });
            }
        }

        using var write = database.Connections.Write(Token);
        write.Session.Execute(
            """
            DELETE FROM histories WHERE user_key IN (SELECT user_key FROM users WHERE id LIKE 'leaver%');
            DELETE FROM attribute_values WHERE user_key IN (SELECT user_key FROM users WHERE id LIKE 'leaver%');
            DELETE FROM users WHERE id LIKE 'leaver%';
            """);
        write.Commit();
        return database;
    }

    private static string Id(string word, int number) => string.Create(CultureInfo.InvariantCulture, $"{word}-{number * 7_919 % 10_000:D4}-of-those-with-long-names");

    private static PageCleaner Clean(Connections connections, long bytesPerTransaction = 1 << 30)
    {
        using var cleaner = new PageCleaner(connections) { BytesPerTransaction = bytesPerTransaction };
        Assert.True(cleaner.Run(TimeSpan.FromSeconds(30), session => session.Execute("INSERT INTO settings (name, value) VALUES ('test', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"), Token));
        return cleaner;
    }

    private static void Checkpoint(LurmDatabase database)
    {
        using var maintain = database.Connections.Maintain(Token);
        maintain.Session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static string Content(LurmDatabase database)
    {
        using var read = database.Connections.Read();
        return read.Session.QueryText(
            """
            SELECT (SELECT group_concat(hex(segment || counts || events)) FROM (SELECT * FROM histories ORDER BY segment))
                || (SELECT group_concat(id || user_key || event_count) FROM (SELECT * FROM users ORDER BY user_key))
                || (SELECT group_concat(user_key || value || version) FROM (SELECT * FROM attribute_values ORDER BY user_key, attribute_key))
            """)!;
    }

    private static int Occurrences(LurmDatabase database, ReadOnlySpan<byte> word)
    {
        var found = 0;
        foreach (var path in Directory.GetFiles(database.Folder, "*", SearchOption.AllDirectories))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            found += bytes.AsSpan().Count(word);
        }

        return found;
    }
}
