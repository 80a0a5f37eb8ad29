namespace Lurm.Store.Tests.Generations;

public sealed class ForeignSnapshotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_snapshot_of_another_database_with_the_same_model_and_names_is_not_served()
    {
        using var shop = Embedded(turn: 0);
        using var other = Embedded(turn: 1);
        var expected = Scores(shop);
        Assert.NotEqual(expected, Scores(other));
        shop.Database.Dispose();
        other.Database.Dispose();
        File.Copy(Snapshot(other), Snapshot(shop), overwrite: true);
        shop.Reopen();

        Assert.Equal(expected, Scores(shop));
        Assert.Contains("another database", shop.Database.IndexFallback, StringComparison.Ordinal);
        Assert.Contains(shop.Database.Check(repair: true, Token).Problems, problem => problem.Area == "index" && problem.IsRepaired);
        shop.Reopen();
        Assert.Equal(expected, Scores(shop));
        Assert.True(shop.Database.Check(cancellationToken: Token).IsClean);
    }

    [Fact]
    public void Changes_since_a_snapshot_do_not_make_it_foreign()
    {
        using var shop = Embedded(turn: 0);
        shop.Ingest(Enumerable.Range(0, 60).Select(user => Shop.Event($"u{user}", (user * 5) % Shop.Items, month: 8)));
        shop.Database.Embed(cancellationToken: Token);
        var expected = Scores(shop);
        shop.Reopen();

        Assert.Equal(expected, Scores(shop), (one, same) => Math.Abs(one - same) < 1e-5f);
        Assert.Null(shop.Database.IndexFallback);
    }

    // The same ids and keys, but every user has the next one's taste.
    private static Shop Embedded(int turn)
    {
        var shop = new Shop(users: 0);
        shop.Ingest(Enumerable.Range(0, 60).SelectMany(user => Shop.Events(user + turn).Select(one => new BehaviourEvent { User = $"u{user}", Item = one.Item, Time = one.Time })));
        shop.Register();
        shop.Database.Embed(cancellationToken: Token);
        return shop;
    }

    private static string Snapshot(Shop shop) => Assert.Single(Directory.GetFiles(Path.Combine(shop.Folder, "index")));

    private static float[] Scores(Shop shop) => [.. shop.Database.Similar(new SimilarQuery { UserId = "u1", K = 8 }, Token).Users.Select(user => MathF.Round(user.Score, 5))];
}
