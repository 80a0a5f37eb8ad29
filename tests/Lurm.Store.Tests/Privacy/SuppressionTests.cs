using System.Text;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Privacy;

public sealed class SuppressionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LurmDatabase _database;

    public SuppressionTests()
    {
        _database = LurmDatabase.Create(_folder["db"]);
        Ingest("first", "anna", "ben");
    }

    [Fact]
    public void An_erased_user_that_comes_back_is_dropped_and_counted()
    {
        _database.Erase(["anna"], cancellationToken: TestContext.Current.CancellationToken);

        var report = Ingest("second", "anna", "ben", "carl", "anna");

        Assert.Equal((2, 2, 1), (report.Suppressed, report.Events, report.NewUsers));
        Assert.False(_database.TryGetUser("anna", out _));
        Assert.Equal(2, _database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => _database.SetAttributes("anna", new Dictionary<string, object?>())).Fault);
    }

    [Fact]
    public void An_id_that_nobody_has_yet_is_kept_away_too()
    {
        _database.Erase(["later"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, Ingest("second", "later").Suppressed);
    }

    [Fact]
    public void Allowed_to_return_it_comes_back_as_another_user()
    {
        Assert.True(_database.TryGetUserKey("anna", out var before));
        _database.Erase(["anna"], allowReturn: true, TestContext.Current.CancellationToken);

        Assert.Equal((0, 1), (Ingest("second", "anna").Suppressed, Ingest("third", "anna").Events));
        Assert.True(_database.TryGetUser("anna", out var user));
        Assert.NotEqual(before, user.UserKey);
        Assert.Equal(2, user.EventCount);
    }

    [Fact]
    public void A_later_erasure_that_allows_return_lifts_the_ban()
    {
        _database.Erase(["anna"], cancellationToken: TestContext.Current.CancellationToken);
        _database.Erase(["anna"], allowReturn: true, TestContext.Current.CancellationToken);

        Assert.Equal(0, Ingest("second", "anna").Suppressed);
    }

    [Fact]
    public void The_list_holds_keyed_hashes_that_differ_between_databases()
    {
        _database.Erase(["anna"], cancellationToken: TestContext.Current.CancellationToken);
        using var other = LurmDatabase.Create(_folder["other"]);
        other.Erase(["anna"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEqual(Hash(_database), Hash(other));
        Assert.Equal(32, Hash(_database).Length);
        Assert.NotEqual(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("anna")), Hash(_database));

        static byte[] Hash(LurmDatabase database)
        {
            using var read = database.Connections.Read();
            using var row = read.Session.Prepare("SELECT hash FROM suppressed");
            Assert.True(row.Step());
            return row.Blob(0).ToArray();
        }
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    private IngestReport Ingest(string batch, params string[] users) => _database.Ingest(
        users.Select(user => new BehaviourEvent { User = user, Item = "i", Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000) }),
        batch);
}
