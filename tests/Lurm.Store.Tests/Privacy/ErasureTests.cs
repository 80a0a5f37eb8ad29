using Lurm.Store.Privacy;

namespace Lurm.Store.Tests.Privacy;

public sealed class ErasureTests
{
    [Fact]
    public void No_byte_of_an_erased_user_is_left_in_any_file()
    {
        using var canaries = new Canaries(seed: 1);
        Assert.True(canaries.Occurrences(canaries.Database.Folder) >= canaries.Traces.Count / 2, "the search does not see what it must find");
        var users = canaries.Database.CountUsers(cancellationToken: TestContext.Current.CancellationToken);
        var events = canaries.Database.GetStats(TestContext.Current.CancellationToken).Events;

        var report = canaries.Database.Erase([.. canaries.Ids, "nobody", ""], cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(report.IsFinished, report.WaitsFor);
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
        Assert.Equal((Canaries.Count, 1, Canaries.Count * 80, Canaries.Count * 2, false), (report.Users, report.UnknownIds, report.Events, report.AttributeRows, report.MayReturn));
        Assert.Equal(users - Canaries.Count, canaries.Database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
        var stats = canaries.Database.GetStats(TestContext.Current.CancellationToken);
        Assert.Equal((events - report.Events, 0), (stats.Events, stats.PendingErasures));
        Assert.All(canaries.Ids, id => Assert.False(canaries.Database.TryGetUser(id, out _)));
        Assert.True(canaries.Database.TryGetUser("ordinary-user-7", out _));
        Assert.Equal(report, Assert.Single(canaries.Database.Erasures));
    }

    [Fact]
    public void A_crash_after_any_step_is_made_good_at_opening()
    {
        using var canaries = new Canaries(seed: 2, others: 200);
        var copies = new Dictionary<ErasureStep, string>();
        canaries.Database.ErasureProbe = step => copies.Add(step, canaries.CopyAs($"crash-{step}"));

        Assert.True(canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken).IsFinished);

        Assert.Equal(Enum.GetValues<ErasureStep>(), copies.Keys.Order());
        foreach (var copy in copies.Values)
        {
            using var reopened = LurmDatabase.Open(copy);
            Assert.Equal(0, canaries.Occurrences(copy));
            var certificate = Assert.Single(reopened.Erasures);
            Assert.True(certificate.IsFinished);
            Assert.Equal((Canaries.Count, Canaries.Count * 80, Canaries.Count * 2), (certificate.Users, certificate.Events, certificate.AttributeRows));
            Assert.Equal(0, reopened.GetStats(TestContext.Current.CancellationToken).PendingErasures);
            Assert.Equal(200, reopened.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void A_fault_in_the_middle_leaves_it_pending_and_the_next_call_finishes_it()
    {
        foreach (var step in Enum.GetValues<ErasureStep>())
        {
            using var canaries = new Canaries(seed: 3, others: 20);
            canaries.Database.ErasureProbe = reached =>
            {
                if (reached == step)
                {
                    throw new IOException("the power is gone");
                }
            };
            Assert.Throws<IOException>(() => canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken));
            canaries.Database.ErasureProbe = null;

            Assert.Equal(step == ErasureStep.Finished ? 0 : 1, canaries.Database.GetStats(TestContext.Current.CancellationToken).PendingErasures);
            Assert.Equal(0, canaries.Database.FinishErasures(TestContext.Current.CancellationToken));
            Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
        }
    }

    [Fact]
    public void A_reader_that_holds_the_database_open_does_not_keep_traces()
    {
        using var canaries = new Canaries(seed: 4, others: 50);
        using var other = LurmDatabase.Open(canaries.Database.Folder);
        Assert.True(other.TryGetUser(canaries.Ids[0], out _));

        Assert.True(canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken).IsFinished);

        Assert.False(other.TryGetUser(canaries.Ids[0], out _));
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
    }

    [Fact]
    public void A_reader_inside_an_older_state_keeps_the_erasure_pending_until_it_ends()
    {
        using var canaries = new Canaries(seed: 5, others: 50);
        canaries.Database.ErasurePatience = TimeSpan.Zero;
        using (var other = LurmDatabase.Open(canaries.Database.Folder))
        {
            using (var old = other.Connections.ReadSnapshot())
            {
                Assert.Equal(150, old.Session.QueryInt64("SELECT count(*) FROM users"));

                var report = canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken);

                Assert.False(report.IsFinished);
                Assert.Null(report.FinishedAt);
                Assert.Contains("reader", report.WaitsFor, StringComparison.Ordinal);
                Assert.Equal(50, canaries.Database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
                Assert.Equal(1, other.GetStats(TestContext.Current.CancellationToken).PendingErasures);
                Assert.Equal(1, canaries.Database.FinishErasures(TestContext.Current.CancellationToken));
            }
        }

        canaries.Reopen();

        Assert.Equal(0, canaries.Database.GetStats(TestContext.Current.CancellationToken).PendingErasures);
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
    }

    [Fact]
    public void Backups_of_migrations_are_retired()
    {
        using var canaries = new Canaries(seed: 6, others: 5);
        var backup = Path.Combine(canaries.Database.Folder, "lurm.db.v1.backup");
        File.Copy(Path.Combine(canaries.Database.Folder, "lurm.db"), backup);

        Assert.True(canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken).IsFinished);

        Assert.False(File.Exists(backup));
    }

    [Fact]
    public void A_filter_erases_exactly_its_users()
    {
        using var canaries = new Canaries(seed: 7, others: 30);

        var report = canaries.Database.Erase(UserFilter.Parse("Secret ne null"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((true, Canaries.Count, 0), (report.IsFinished, report.Users, report.UnknownIds));
        Assert.Equal(30, canaries.Database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
    }

    [Fact]
    public void The_audit_tells_what_was_done_and_names_nobody()
    {
        using var canaries = new Canaries(seed: 8, others: 5);
        canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken);
        using var write = canaries.Database.Connections.Write(TestContext.Current.CancellationToken);

        Assert.Equal("erasure.done", write.Session.QueryText("SELECT action FROM audit ORDER BY sequence DESC LIMIT 1"));
        Assert.Equal(0, AuditLog.FirstBreak(write.Session));
        Assert.Throws<StoreException>(() => write.Session.Execute("DELETE FROM audit WHERE sequence = 1"));
        Assert.Throws<StoreException>(() => write.Session.Execute("UPDATE audit SET details = '{}' WHERE sequence = 1"));
        write.Session.Execute("DROP TRIGGER audit_rows_keep; UPDATE audit SET details = '{}' WHERE sequence = 2");
        Assert.Equal(2, AuditLog.FirstBreak(write.Session));
    }
}
