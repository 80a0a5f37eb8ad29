using System.Text.Json;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Operations;

public sealed class OperationsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LurmDatabase _database;

    public OperationsTests()
    {
        _database = LurmDatabase.Create(_folder["db"]);
        _database.RegisterAttribute("Country", AttributeType.String, isIndexed: true);
        Ingest("b1", users: 50);
        _database.SetAttributes("u1", new Dictionary<string, object?> { ["Country"] = "France" });
    }

    [Fact]
    public void A_backup_opens_as_the_same_database_with_its_models()
    {
        Directory.CreateDirectory(Path.Combine(_database.Folder, "models", "m1", "deep"));
        File.WriteAllText(Path.Combine(_database.Folder, "models", "m1", "card.json"), "{}");
        File.WriteAllBytes(Path.Combine(_database.Folder, "models", "m1", "deep", "empty.bin"), []);
        File.WriteAllText(_folder["copy.db"], "an older backup");

        _database.Backup(_folder["copy.db"], TestContext.Current.CancellationToken);

        Assert.Equal(["copy.db"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
        Directory.CreateDirectory(_folder["restored"]);
        File.Move(_folder["copy.db"], Path.Combine(_folder["restored"], "lurm.db"));
        using var restored = LurmDatabase.Open(_folder["restored"]);
        Assert.Equal(Everything(_database), Everything(restored));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(_folder["restored"], "models", "m1", "card.json")));
        Assert.Empty(File.ReadAllBytes(Path.Combine(_folder["restored"], "models", "m1", "deep", "empty.bin")));
        Assert.Empty(restored.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
        using var read = restored.Connections.Read();
        Assert.Equal(0, read.Session.QueryInt64("SELECT count(*) FROM sqlite_schema WHERE name = 'backup_files'"));
        Assert.Equal("wal", read.Session.QueryText("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task A_backup_taken_while_another_process_writes_is_one_state()
    {
        using var other = LurmDatabase.Open(_database.Folder);
        using var stop = new CancellationTokenSource();
        var token = TestContext.Current.CancellationToken;
        SetBoth(0);
        var writing = Task.Run(
            () =>
            {
                for (var i = 1; !stop.IsCancellationRequested; i++)
                {
                    SetBoth(i);
                }
            },
            token);
        for (var i = 0; i < 3; i++)
        {
            _database.Backup(_folder[$"copy{i}.db"], token);
        }

        await stop.CancelAsync();
        await writing;
        for (var i = 0; i < 3; i++)
        {
            var folder = _folder[$"restored{i}"];
            Directory.CreateDirectory(folder);
            File.Move(_folder[$"copy{i}.db"], Path.Combine(folder, "lurm.db"));
            using var restored = LurmDatabase.Open(folder);
            using var read = restored.Connections.Read();
            Assert.Equal(1, read.Session.QueryInt64("SELECT count(DISTINCT first_seen) FROM users WHERE id IN ('u1', 'u49')"));
            Assert.Equal("ok", read.Session.QueryText("PRAGMA integrity_check"));
        }

        // Two users far apart that always change together.
        void SetBoth(int value)
        {
            using var write = other.Connections.Write(token);
            write.Session.Execute($"UPDATE users SET first_seen = {value} WHERE id IN ('u1', 'u49')");
            write.Commit();
        }
    }

    [Fact]
    public void A_backup_inside_the_database_or_beyond_reach_is_refused()
    {
        Assert.Equal(StoreFault.Invalid, Assert.Throws<StoreException>(() => _database.Backup(Path.Combine(_database.Folder, "copy.db"), TestContext.Current.CancellationToken)).Fault);
        Assert.Equal(StoreFault.Unavailable, Assert.Throws<StoreException>(() => _database.Backup(_folder["no/such/folder/copy.db"], TestContext.Current.CancellationToken)).Fault);
    }

    [Fact]
    public void A_sound_database_checks_clean()
    {
        Ingest("b2", users: 80);
        _database.Erase(["u3"], cancellationToken: TestContext.Current.CancellationToken);

        var report = _database.Check(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(report.Problems);
        Assert.True(report.IsClean);
        var stats = _database.GetStats(TestContext.Current.CancellationToken);
        Assert.Equal((stats.Users, stats.Events), (report.Users, report.Events));
    }

    [Theory]
    [InlineData("UPDATE users SET event_count = event_count + 1 WHERE id = 'u7'", "users", true)]
    [InlineData("UPDATE users SET period_count = 0 WHERE id = 'u7'", "users", true)]
    [InlineData("DELETE FROM users WHERE id = 'u7'", "histories", true)]
    [InlineData("UPDATE settings SET value = 0 WHERE name = 'history_version'", "users", true)]
    [InlineData("INSERT INTO attribute_values VALUES (999999, 1, 'x', 0, 0)", "attributes", true)]
    [InlineData("INSERT INTO attribute_values VALUES (2, 77, 'x', 0, 0)", "attributes", true)]
    [InlineData("DROP INDEX attribute_1_by_value", "attributes", true)]
    [InlineData("INSERT INTO attribute_values VALUES (3, 1, 5, 0, 0)", "attributes", false)]
    [InlineData("UPDATE histories SET counts = CAST(substr(counts, 1, length(counts) - 1) || x'00' AS BLOB) WHERE user_key = 7", "histories", false)]
    [InlineData("UPDATE histories SET events = events + 1 WHERE user_key = 7", "histories", false)]
    [InlineData("DELETE FROM items WHERE item_key = (SELECT max(item_key) FROM items)", "histories", false)]
    [InlineData("DROP TRIGGER audit_rows_stay; DELETE FROM audit WHERE sequence = 1", "audit", false)]
    public void Damage_is_found_and_what_can_be_derived_is_repaired(string damage, string area, bool repairable)
    {
        using (var write = _database.Connections.Write(TestContext.Current.CancellationToken))
        {
            write.Session.Execute(damage);
            write.Commit();
        }

        var found = _database.Check(cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(found.IsClean);
        Assert.Contains(found.Problems, problem => problem.Area == area && !problem.IsRepaired);

        Assert.Equal(repairable, _database.Check(repair: true, TestContext.Current.CancellationToken).IsClean);
        Assert.Equal(repairable, _database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems.Count == 0);
    }

    [Fact]
    public void An_export_holds_all_that_is_known_of_a_user_and_nothing_of_others()
    {
        using var export = JsonDocument.Parse(_database.ExportUser("u1"));
        var root = export.RootElement;

        Assert.True(_database.TryGetUser("u1", out var user));
        Assert.Equal("u1", root.GetProperty("id").GetString());
        Assert.Equal(user.EventCount, root.GetProperty("history").EnumerateArray().Sum(entry => entry.GetProperty("count").GetInt64()));
        Assert.Equal(user.ItemCount, root.GetProperty("history").EnumerateArray().Select(entry => entry.GetProperty("item").GetString()).Distinct().Count());
        Assert.All(root.GetProperty("history").EnumerateArray(), entry => Assert.Matches("^20[0-9]{2}-(0[1-9]|1[0-2])$", entry.GetProperty("period").GetString()));
        var attribute = Assert.Single(root.GetProperty("attributes").EnumerateArray());
        Assert.Equal(("Country", "string", "France"), (attribute.GetProperty("name").GetString(), attribute.GetProperty("type").GetString(), attribute.GetProperty("value").GetString()));
        Assert.DoesNotContain("u2", _database.ExportUser("u1"), StringComparison.Ordinal);
        Assert.Equal(StoreFault.NotFound, Assert.Throws<StoreException>(() => _database.ExportUser("nobody")).Fault);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    private static string Everything(LurmDatabase database)
    {
        var users = database.ListUsers(new UserListQuery { Top = 1_000 }).Users;
        return JsonSerializer.Serialize(users) + string.Concat(users.Select(user => database.ExportUser(user.Id)));
    }

    private void Ingest(string batch, int users)
    {
        var random = new Random(3);
        _database.Ingest(
            from user in Enumerable.Range(0, users)
            from _ in Enumerable.Range(0, 5 + user % 7)
            select new BehaviourEvent { User = $"u{user}", Item = $"i{random.Next(30)}", Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000 + random.Next(40_000_000)) },
            batch);
    }
}
