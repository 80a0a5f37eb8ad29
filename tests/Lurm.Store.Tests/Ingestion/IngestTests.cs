using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Lurm.Store.Histories;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Ingestion;

public sealed class IngestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_real_shops_log_counts_as_awk_counts_it()
    {
        Assert.SkipUnless(SharedData.TryFind("onlineretail/onlineretail.tsv.gz", out var path), SharedData.Missing);
        using var shop = new Shop();
        var mapping = new EventMapping
        {
            UserColumn = "CustomerID",
            ItemColumn = "StockCode",
            TimeColumn = "InvoiceDate",
            TitleColumn = "Description",
            Attributes = [new AttributeColumn("Country", "Country")],
            Rules = [RowRule.WherePresent("CustomerID"), RowRule.WherePositive("Quantity")],
        };

        var report = shop.Database.IngestFiles([path], mapping, null, null, Token);

        Assert.Equal((541_909, 397_924, 4_339, 3_665), (report.Rows, report.Events, report.NewUsers, report.NewItems));
        Assert.Equal([new RuleCount("where-present CustomerID", 135_080), new RuleCount("where-positive Quantity", 8_905)], report.LeftOut);
        var stats = shop.Stats;
        Assert.Equal((397_924, 4_339, 3_665, 13_055), (stats.Events, stats.Users, stats.Items, stats.Periods));
        Assert.True(shop.Database.TryGetUser("12347", out var user));
        Assert.Equal("Iceland", user.Attributes["Country"]);

        var again = shop.Database.IngestFiles([path], mapping, null, null, Token);
        Assert.True(again.AlreadyIngested);
        Assert.Equal(397_924, shop.Stats.Events);
    }

    [Fact]
    public void Whatever_the_batches_histories_hold_each_event_once() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 6], Gen.Bool).Sample(
            (seed, batches, daily) =>
            {
                using var shop = new Shop(daily ? PeriodGrain.Day : PeriodGrain.Month);
                var events = Shop.RandomEvents(seed, users: 40, events: 3_000);
                foreach (var batch in events.Chunk((events.Count / batches) + 1).Index())
                {
                    Assert.False(shop.Database.Ingest(batch.Item, $"b{batch.Index}", cancellationToken: Token).AlreadyIngested);
                    Assert.True(shop.Database.Ingest(batch.Item, $"b{batch.Index}", cancellationToken: Token).AlreadyIngested);
                }

                shop.AssertHolds(events);
            },
            iter: 8,
            threads: 1);

    [Fact]
    public void Seasons_years_and_lifetimes_are_sums_of_months()
    {
        using var months = new Shop();
        var events = Shop.RandomEvents(seed: 8, users: 30, events: 4_000);
        foreach (var batch in events.Chunk(700).Index())
        {
            months.Database.Ingest(batch.Item, $"b{batch.Index}", cancellationToken: Token);
        }

        // Counted from the months as stored, against counted from the events' own calendar.
        var stored = Shop.Read(months.Database);
        var seasons = events.GroupBy(one => (one.User, one.Item, Part: one.Time.UtcDateTime.Year * 4 + (one.Time.UtcDateTime.Month - 1) / 3)).ToDictionary(group => group.Key, group => group.Count());
        var years = events.GroupBy(one => (one.User, one.Item, Part: one.Time.UtcDateTime.Year)).ToDictionary(group => group.Key, group => group.Count());
        var lifetimes = events.GroupBy(one => (one.User, one.Item, Part: 0)).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(seasons, Sums(period => (1970 * 4) + (period / 3)));
        Assert.Equal(years, Sums(period => 1970 + (period / 12)));
        Assert.Equal(lifetimes, Sums(_ => 0));

        Dictionary<(string User, string Item, int Part), int> Sums(Func<int, int> part) => stored
            .GroupBy(entry => (entry.Key.User, entry.Key.Item, Part: part(entry.Key.Period)))
            .ToDictionary(group => group.Key, group => group.Sum(entry => entry.Value.Count));
    }

    [Fact]
    public void Late_and_out_of_order_events_land_in_their_own_period()
    {
        using var shop = new Shop();
        var events = Shop.RandomEvents(seed: 5, users: 5, events: 400).OrderByDescending(one => one.Time).ToList();
        foreach (var (index, part) in events.Chunk(50).Index())
        {
            shop.Database.Ingest(part, $"b{index}", cancellationToken: Token);
        }

        shop.AssertHolds(events);
        Assert.True(shop.Database.TryGetUser("u1", out var user));
        var mine = events.Where(one => one.User == "u1").ToList();
        Assert.Equal((mine.Min(one => one.Time), mine.Max(one => one.Time)), (user.FirstSeen, user.LastSeen));
    }

    [Fact]
    public void A_large_batch_goes_through_the_spool_and_leaves_none()
    {
        // More users than one chunk takes, so that it goes through the spool in several transactions.
        using var shop = new Shop();
        var events = Shop.RandomEvents(seed: 6, users: 40_000, events: 60_000);

        var report = shop.Database.Ingest(events, "large", cancellationToken: Token);

        Assert.Equal((60_000, 40_000), (report.Events, report.NewUsers));
        shop.AssertHolds(events);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(shop.Database.Folder, "spool")));
        Assert.Equal(0, shop.Stats.UnfinishedBatches);
        Assert.True(shop.Database.Ingest(events, "large", cancellationToken: Token).AlreadyIngested);

        // And again over known users, whose rows are rewritten.
        var more = Shop.RandomEvents(seed: 7, users: 40_000, events: 50_000);
        Assert.Equal(0, shop.Database.Ingest(more, "more", cancellationToken: Token).NewUsers);
        shop.AssertHolds([.. events, .. more]);
    }

    [Fact]
    public void A_cancelled_batch_is_finished_when_the_database_is_opened()
    {
        using var shop = new Shop();
        var events = Shop.RandomEvents(seed: 9, users: 40_000, events: 50_000);
        using var stop = new CancellationTokenSource();
        var progress = new Inline(step =>
        {
            if (step.Stage == "applying")
            {
                stop.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() => shop.Database.Ingest(events, "large", progress, stop.Token));
        Assert.Equal(1, shop.Stats.UnfinishedBatches);
        Assert.InRange(shop.Stats.Events, 1, 49_999);

        shop.Reopen();

        Assert.Equal(0, shop.Stats.UnfinishedBatches);
        shop.AssertHolds(events);
        var report = shop.Database.Ingest(events, "large", cancellationToken: Token);
        Assert.True(report.AlreadyIngested);
        Assert.Equal((50_000, 40_000, 50_000), (report.Events, report.NewUsers, report.Rows));
    }

    [Fact]
    public void A_cancelled_batch_is_finished_by_the_next_call_with_its_id()
    {
        using var shop = new Shop();
        var events = Shop.RandomEvents(seed: 10, users: 30_000, events: 30_000);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => shop.Database.Ingest(events, "large", new Inline(step => { if (step.Stage == "applying") { stop.Cancel(); } }), stop.Token));

        Assert.True(shop.Database.Ingest(events, "large", cancellationToken: Token).AlreadyIngested);

        shop.AssertHolds(events);
    }

    [Fact]
    public void Cancelling_while_reading_leaves_no_trace()
    {
        using var shop = new Shop();
        using var stop = new CancellationTokenSource();
        var events = Shop.RandomEvents(seed: 11, users: 100, events: 20_000).Select((one, i) =>
        {
            if (i == 10_000)
            {
                stop.Cancel();
            }

            return one;
        });

        Assert.Throws<OperationCanceledException>(() => shop.Database.Ingest(events, "b", cancellationToken: stop.Token));

        var stats = shop.Stats;
        Assert.Equal((0, 0, 0, 0), (stats.Users, stats.Items, stats.Batches, stats.UnfinishedBatches));
    }

    [Fact]
    public void Rules_act_in_order_and_before_anything_else()
    {
        using var shop = new Shop();
        var mapping = Shop.Mapping with { Rules = [RowRule.WherePresent("user"), RowRule.WherePositive("quantity")] };

        var report = shop.IngestText("a.csv", "user,item,time,quantity\n,x,never,-1\nu,x,never,0\nu,x,never,\nu,x,never,many\nu,x,100,2.5\n  ,x,100,1\n", mapping);

        Assert.Equal([new RuleCount("where-present user", 2), new RuleCount("where-positive quantity", 3)], report.LeftOut);
        Assert.Equal((6, 1), (report.Rows, report.Events));
    }

    [Theory]
    [InlineData("user,item,time\nu,x,100\nu,x,yesterday\n", "'a.csv', line 3, column 'time': found 'yesterday', expected unix seconds, unix milliseconds or an ISO 8601 date or time, 1970 to 2149")]
    [InlineData("user,item,time\nu,x,\n", "'a.csv', line 2, column 'time': found nothing")]
    [InlineData("user,item,time\nu,\"x\ny\",100\n,x,100\n", "line 2, column 'item': found bytes that are no printable UTF-8")]
    [InlineData("user,item,time\nu,x,100\n,x,100\n", "line 3, column 'user': found nothing, expected a user id")]
    [InlineData("user,item,time\nu,,100\n", "line 2, column 'item': found nothing, expected an item id")]
    [InlineData("user,item,time\nu,x,100,more\n", "line 2: found 4 columns, expected 3, as the header has")]
    [InlineData("user,item,time\nu,\"x,100\n", "line 2: found a quote that is never closed")]
    [InlineData("user,item,time\nu,x,-5\n", "line 2, column 'time': found '-5'")]
    public void A_bad_row_refuses_its_batch_and_is_named(string text, string message)
    {
        using var shop = new Shop();
        var fault = shop.Refused("a.csv", text);

        Assert.Equal(StoreFault.Invalid, fault.Fault);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Skipped_rows_are_counted_and_the_first_hundred_listed()
    {
        using var shop = new Shop();
        var text = new StringBuilder("user,item,time\n");
        for (var i = 0; i < 250; i++)
        {
            text.Append("u,x,100\nv,y,bad\n");
        }

        var report = shop.IngestText("a.csv", text.ToString(), options: new IngestOptions { OnError = RowErrorAction.Skip });

        Assert.Equal((500, 250, 250, 100), (report.Rows, report.Events, report.ErrorRows, report.FirstErrors.Count));
        Assert.StartsWith("'a.csv', line 3, column 'time': found 'bad'", report.FirstErrors[0], StringComparison.Ordinal);
        Assert.Equal((1, 1), (shop.Stats.Users, shop.Stats.Items));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(40_000)]
    public void Items_and_users_of_rows_that_were_refused_or_left_out_are_not_stored(int users)
    {
        // Looked up ahead from a megabyte on; 40,000 users go through the spool, which keeps their ordinals.
        using var shop = new Shop();
        var text = new StringBuilder("user,item,time,quantity\n");
        for (var i = 0; i < 40_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"user-{i % users},item-{i % 100},1600000000,1\nno-user-{i},no-item-{i},1600000000,0\nno-user,no-item,never,1\n");
        }

        var report = shop.IngestText("a.csv", text.ToString(), Shop.Mapping with { Rules = [RowRule.WherePositive("quantity")] }, new IngestOptions { OnError = RowErrorAction.Skip });

        Assert.Equal((120_000, 40_000, 40_000), (report.Rows, report.Events, report.ErrorRows));
        Assert.Equal((users, 100, users, 100L), (report.NewUsers, report.NewItems, shop.Stats.Users, shop.Stats.Items));
        shop.AssertHolds(Enumerable.Range(0, 40_000).Select(i => new BehaviourEvent
        {
            User = string.Create(CultureInfo.InvariantCulture, $"user-{i % users}"),
            Item = string.Create(CultureInfo.InvariantCulture, $"item-{i % 100}"),
            Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000),
        }));
    }

    [Fact]
    public void An_empty_file_a_missing_one_and_a_missing_column_are_told_apart()
    {
        using var shop = new Shop();
        Assert.Contains("'a.csv' is empty; expected a header line", shop.Refused("a.csv", "").Message, StringComparison.Ordinal);
        Assert.Contains("'a.ndjson' is empty", shop.Refused("a.ndjson", "").Message, StringComparison.Ordinal);

        var column = shop.Refused("a.csv", "user,thing,time\nu,x,100\n");
        Assert.Equal(StoreFault.NotFound, column.Fault);
        Assert.Contains("has no column 'item'; its header has 'user', 'thing', 'time'", column.Message, StringComparison.Ordinal);

        var missing = Assert.Throws<StoreException>(() => shop.Database.IngestFiles([shop.PathOf("nowhere.csv")], Shop.Mapping, null, null, Token));
        Assert.Equal(StoreFault.NotFound, missing.Fault);
        Assert.Contains("column 'user' twice", shop.Refused("a.csv", "user,item,time,user\nu,x,100,u\n").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_and_Parquet_inside_gzip_are_told_apart_from_what_cannot_be_read()
    {
        using var shop = new Shop();
        Directory.CreateDirectory(shop.PathOf("folder.csv"));
        Assert.Contains("folder.csv' is a folder; expected a file of rows", Assert.Throws<StoreException>(() => shop.Database.IngestFiles([shop.PathOf("folder.csv")], Shop.Mapping, null, null, Token)).Message, StringComparison.Ordinal);

        using (var gzip = new GZipStream(File.Create(shop.PathOf("a.parquet.gz")), CompressionLevel.Fastest))
        {
            gzip.Write("PAR1"u8);
        }

        Assert.Contains("is Parquet inside gzip; expected Parquet as it is", Assert.Throws<StoreException>(() => shop.Database.IngestFiles([shop.PathOf("a.parquet.gz")], Shop.Mapping, null, null, Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_title_in_Latin_1_is_kept_as_valid_text()
    {
        using var shop = new Shop();
        File.WriteAllBytes(shop.PathOf("a.csv"), [.. "user,item,time,title\nu,x,100,Caf"u8, 0xE9, .. " noir\n"u8]);

        shop.Database.IngestFiles([shop.PathOf("a.csv")], Shop.Mapping with { TitleColumn = "title" }, null, null, Token);

        Assert.Equal("Caf\uFFFD noir", Assert.Single(shop.Database.ReadItems(Token)).Title);
        using var read = shop.Database.Connections.Read();
        Assert.Equal("436166EFBFBD206E6F6972", read.Session.QueryText("SELECT hex(title) FROM items"));
    }

    [Fact]
    public void A_header_without_rows_is_a_batch_of_no_events()
    {
        using var shop = new Shop();

        var report = shop.IngestText("a.csv", "user,item,time\n");

        Assert.Equal((0, 0, false), (report.Rows, report.Events, report.AlreadyIngested));
        Assert.Equal(1, shop.Stats.Batches);
        Assert.True(shop.IngestText("a.csv", "user,item,time\n").AlreadyIngested);
    }

    [Fact]
    public void The_default_batch_id_is_of_the_bytes_and_the_mapping()
    {
        using var shop = new Shop();
        const string Text = "user,item,time,thing\nu,x,100,y\n";
        Assert.False(shop.IngestText("a.csv", Text).AlreadyIngested);
        Assert.True(shop.IngestText("other-name.csv", Text).AlreadyIngested);
        Assert.False(shop.IngestText("a.csv", Text + "u,x,100,y\n").AlreadyIngested);
        Assert.False(shop.IngestText("a.csv", Text, Shop.Mapping with { ItemColumn = "thing" }).AlreadyIngested);
        Assert.Equal(4, shop.Stats.Events);
    }

    [Fact]
    public void Files_of_every_kind_bring_the_same_events()
    {
        const string Csv = "user,item,time,kind,weight\nu,x,1600000000,view,\nv,\"a \"\"b\"\"\",1600000000,buy,2.5\n";
        const string Tsv = "user\titem\ttime\tkind\tweight\r\nu\tx\t2020-09-13T12:26:40Z\tview\t\r\nv\t\"a \"\"b\"\"\"\t2020-09-13 14:26:40+02:00\tbuy\t2.5";
        const string Ndjson = """
            {"user":"u","item":"x","time":1600000000,"kind":"view","weight":null,"other":{"user":"z"}}

            {"kind":"buy","weight":2.5,"user":"v","item":"a \u0022b\"","time":"2020-09-13T12:26:40.5Z"}
            """;
        var mapping = Shop.Mapping with { KindColumn = "kind", WeightColumn = "weight" };
        var expected = new[]
        {
            new BehaviourEvent { User = "u", Item = "x", Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000), Kind = "view" },
            new BehaviourEvent { User = "v", Item = "a \"b\"", Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000), Kind = "buy", Weight = 2.5 },
        };
        foreach (var (name, text) in new[] { ("a.csv", Csv), ("a.csv", "\uFEFF" + Csv), ("a.tsv", Tsv), ("a.txt", Csv.Replace(',', ';')), ("a.ndjson", Ndjson) })
        {
            using var shop = new Shop();
            shop.IngestText(name, text, mapping);
            shop.AssertHolds(expected);

            using var zipped = new Shop();
            using (var gzip = new GZipStream(File.Create(zipped.PathOf(name + ".gz")), CompressionLevel.Fastest))
            {
                gzip.Write(Encoding.UTF8.GetBytes(text));
            }

            zipped.Database.IngestFiles([zipped.PathOf(name + ".gz")], mapping, null, null, Token);
            zipped.AssertHolds(expected);
        }
    }

    [Theory]
    [InlineData(RowErrorAction.Stop)]
    [InlineData(RowErrorAction.Skip)]
    public void A_gzip_file_that_was_cut_off_anywhere_is_refused_as_cut_off_and_not_for_a_row(RowErrorAction onError)
    {
        // The rows compress well, so that what follows the cut decompresses into something more often than into nothing.
        using var shop = new Shop();
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes("user,item,time\n" + string.Concat(Enumerable.Range(0, 30_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"u{i},i{i},1700000000\n")))));
        }

        var bytes = compressed.ToArray();
        for (var cut = 1; cut < 40; cut++)
        {
            File.WriteAllBytes(shop.PathOf("a.csv.gz"), bytes[..(bytes.Length * cut / 40)]);
            var fault = Assert.Throws<StoreException>(() => shop.Database.IngestFiles([shop.PathOf("a.csv.gz")], Shop.Mapping, new IngestOptions { OnError = onError }, null, Token));
            Assert.Contains("the gzip data is damaged", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, shop.Stats.Batches);
    }

    [Fact]
    public void A_gzip_file_that_was_cut_off_is_refused()
    {
        using var shop = new Shop();
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes("user,item,time\n" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"u{i},x,100\n"))));
        }

        File.WriteAllBytes(shop.PathOf("a.csv.gz"), bytes.ToArray()[..^5_000]);

        var fault = Assert.Throws<StoreException>(() => shop.Database.IngestFiles([shop.PathOf("a.csv.gz")], Shop.Mapping, null, null, Token));

        Assert.Equal(StoreFault.Invalid, fault.Fault);
        Assert.Equal(0, shop.Stats.Events);
    }

    [Fact]
    public void A_stream_of_lines_is_a_batch()
    {
        using var shop = new Shop();
        const string Lines = """
            {"user":"u","item":"x","time":1600000000,"title":"A lamp","category":"Light","attributes":{"Country":"France","Age":41,"Member":true,"Since":null}}
            {"user":"u","item":"x","time":1500000000,"attributes":{"Country":"Spain"}}
            """;

        var report = shop.Database.IngestStream(new MemoryStream(Encoding.UTF8.GetBytes(Lines)), EventStreamFormat.Ndjson, "key-1", null, Token);

        Assert.Equal((2, 2, 1), (report.Rows, report.Events, report.NewUsers));
        Assert.True(shop.Database.TryGetUser("u", out var user));
        Assert.Equal([("Age", 41.0), ("Country", "France"), ("Member", true)], user.Attributes.OrderBy(one => one.Key).Select(one => (one.Key, one.Value!)));
        var item = Assert.Single(shop.Database.ReadItems(Token));
        Assert.Equal(("A lamp", "Light"), (item.Title, item.Category));
        Assert.True(shop.Database.IngestStream(Stream.Null, EventStreamFormat.Ndjson, "key-1", null, Token).AlreadyIngested);

        var csv = "user,item,time\nw,y,1600000000\n"u8.ToArray();
        Assert.Equal(1, shop.Database.IngestStream(new MemoryStream(csv), EventStreamFormat.Csv, "key-2", null, Token).NewUsers);

        var bad = Assert.Throws<StoreException>(() => shop.Database.IngestStream(new MemoryStream("{\"user\":\"z\",\"item\":\"x\",\"time\":1}\n{\"user\":"u8.ToArray()), EventStreamFormat.Ndjson, "key-3", null, Token));
        Assert.Contains("line 2: found no JSON", bad.Message, StringComparison.Ordinal);
        Assert.False(shop.Database.TryGetUser("z", out _));
    }

    [Fact]
    public void Attributes_and_item_text_of_the_latest_event_win_across_batches()
    {
        using var shop = new Shop();
        var mapping = Shop.Mapping with { TitleColumn = "title", Attributes = [new AttributeColumn("city", "City"), new AttributeColumn("age", "Age", AttributeType.Number)] };
        shop.IngestText("1.csv", "user,item,time,title,city,age\nu,x,300,New name,Paris,30\nu,x,200,Old name,Rome,29\nu,x,300,,,31\n", mapping);
        shop.IngestText("2.csv", "user,item,time,title,city,age\nu,x,250,Middle name,Oslo,99\n", mapping);

        Assert.True(shop.Database.TryGetUser("u", out var user));
        Assert.Equal(("Paris", 31.0), (user.Attributes["City"], user.Attributes["Age"]));
        Assert.Equal("New name", Assert.Single(shop.Database.ReadItems(Token)).Title);

        var fault = Assert.Throws<StoreException>(() => shop.IngestText("3.csv", "user,item,time,title,city,age\nu,x,400,,,old\n", mapping));
        Assert.Contains("line 2, column 'age': found 'old', expected a number for the attribute 'Age'", fault.Message, StringComparison.Ordinal);
        Assert.Equal(4, shop.Stats.Events);
    }

    [Fact]
    public void Erased_users_stay_away_and_are_counted()
    {
        using var shop = new Shop();
        shop.Ingest("first", ("gone", "x", 100), ("here", "x", 100));
        shop.Database.Erase(["gone"], cancellationToken: Token);

        var report = shop.Ingest("second", ("gone", "x", 200), ("gone", "y", 200), ("here", "x", 200));

        Assert.Equal((1, 2), (report.Events, report.Suppressed));
        Assert.False(shop.Database.TryGetUser("gone", out _));
    }

    [Fact]
    public void Events_of_this_process_are_refused_by_number()
    {
        using var shop = new Shop();
        BehaviourEvent good = new() { User = "u", Item = "x", Time = DateTimeOffset.UnixEpoch };
        foreach (var bad in new[] { good with { User = "" }, good with { Item = new string('x', 300) }, good with { Weight = 0 }, good with { Weight = double.NaN }, good with { Time = DateTimeOffset.MinValue }, good with { Kind = "\n" } })
        {
            var fault = Assert.Throws<StoreException>(() => shop.Database.Ingest([good, bad], "b", cancellationToken: Token));
            Assert.Contains("event 2, column '", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, shop.Stats.Users);
    }

    private sealed class Inline(Action<IngestProgress> report) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => report(value);
    }
}
