using Lurm.Store.Generations;

namespace Lurm.Store.Tests.Generations;

/// <summary>A bit flips in the stored vector of u2, whose user key is 3.</summary>
public sealed class DamagedRepresentationTests
{
    private const long UserKey = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Reading_it_is_a_typed_error_and_reading_others_is_not()
    {
        using var shop = Embedded();
        FlipBit(shop);

        AssertDamaged(() => shop.Database.ExportUser("u2"));
        Assert.NotEmpty(shop.Database.ExportUser("u1"));
    }

    [Fact]
    public void Building_the_index_from_it_is_a_typed_error_as_long_as_it_is_damaged()
    {
        using var shop = Embedded();
        FlipBit(shop);
        LoseSnapshots(shop);

        AssertDamaged(() => shop.Database.Similar("u1", cancellationToken: Token));
        AssertDamaged(() => shop.Database.Lookalike(new LookalikeQuery { Seeds = ["u1", "u5"] }, Token));
    }

    [Fact]
    public void Applying_it_as_a_change_is_a_typed_error()
    {
        using var shop = Embedded();
        shop.Ingest([Shop.Event("u2", 6, month: 9)]);
        shop.Database.Embed(cancellationToken: Token);
        FlipBit(shop);
        shop.Reopen();

        AssertDamaged(() => shop.Database.Similar("u1", cancellationToken: Token));
    }

    [Fact]
    public void An_intact_snapshot_goes_on_answering_and_check_finds_the_damage()
    {
        using var shop = Embedded();
        var expected = Scores(shop);
        FlipBit(shop);
        shop.Reopen();

        Assert.Equal(expected, Scores(shop));
        Assert.Null(shop.Database.IndexFallback);
        var problem = Assert.Single(shop.Database.Check(cancellationToken: Token).Problems);
        Assert.Equal(("representations", false), (problem.Area, problem.IsRepaired));
        Assert.Contains("checksum", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Repair_removes_it_and_the_next_embedding_makes_it_anew(bool lostSnapshot)
    {
        using var shop = Embedded();
        var expected = Scores(shop);
        FlipBit(shop);
        if (lostSnapshot)
        {
            LoseSnapshots(shop);
        }

        Assert.False(shop.Database.Check(cancellationToken: Token).IsClean);
        Assert.True(shop.Database.Check(repair: true, Token).IsClean);
        Assert.Empty(shop.Database.Check(cancellationToken: Token).Problems);
        shop.Reopen();
        Assert.False(shop.Database.TryGetRepresentation("u2", out _));
        Assert.Equal(1, shop.Database.Embed(cancellationToken: Token).Embedded);

        shop.Reopen();
        Assert.Equal(expected.Order(), Scores(shop).Order(), new Close());
        Assert.Empty(shop.Database.Check(cancellationToken: Token).Problems);
    }

    [Fact]
    public void A_build_that_was_interrupted_is_repaired_likewise()
    {
        using var shop = Embedded();
        var expected = Scores(shop);
        Execute(shop, "UPDATE generations SET state = 'building', published_at = NULL, snapshot = NULL");
        FlipBit(shop);
        shop.Reopen();

        AssertDamaged(() => shop.Database.Embed(cancellationToken: Token));
        Assert.True(shop.Database.Check(repair: true, Token).IsClean);
        Assert.True(shop.Database.Embed(cancellationToken: Token).Resumed);

        Assert.Equal(expected.Order(), Scores(shop).Order(), new Close());
    }

    [Fact]
    public void It_holds_up_nobodys_erasure()
    {
        using var shop = Embedded();
        FlipBit(shop);
        LoseSnapshots(shop);

        Assert.True(shop.Database.Erase(["u3"], cancellationToken: Token).IsFinished);
    }

    [Fact]
    public void A_database_of_before_there_were_checksums_answers_as_it_did()
    {
        using var shop = Embedded();
        var expected = Scores(shop);
        Execute(shop, "UPDATE representations SET vector = substr(vector, 1, length(vector) - 5); UPDATE generations SET snapshot = NULL; PRAGMA user_version = 4");
        shop.Reopen();

        Assert.Equal(expected, Scores(shop), new Close());
        Assert.Empty(shop.Database.Check(cancellationToken: Token).Problems);
        Assert.Contains("\"vector\"", shop.Database.ExportUser("u2"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(shop.Folder, "lurm.db.v4.backup")));

        // Whoever is embedded again gets a checksum beside the others that have none.
        shop.Ingest([Shop.Event("u2", 6, month: 9)]);
        shop.Database.Embed(cancellationToken: Token);
        FlipBit(shop);
        Assert.Single(shop.Database.Check(cancellationToken: Token).Problems);
    }

    private static Shop Embedded()
    {
        var shop = new Shop();
        shop.Register();
        shop.Database.Embed(cancellationToken: Token);
        return shop;
    }

    private static float[] Scores(Shop shop) => [.. shop.Database.Similar("u1", k: 8, cancellationToken: Token).Select(user => user.Score)];

    private static void AssertDamaged(Action read)
    {
        var fault = Assert.Throws<StoreException>(read);
        Assert.Equal(StoreFault.Corrupt, fault.Fault);
        Assert.Contains($"the representation of user {UserKey} in generation 1 is damaged: its checksum is", fault.Message, StringComparison.Ordinal);
    }

    private static void FlipBit(Shop shop)
    {
        using var write = shop.Database.Connections.Write(Token);
        var key = RepresentationKey.Of(1, UserKey);
        byte[] blob;
        using (var read = write.Session.Prepare("SELECT vector FROM representations WHERE representation = ?1"))
        {
            Assert.True(read.Bind(1, key).Step());
            blob = read.Blob(0).ToArray();
        }

        // The lowest bit of a component: too little for its length to show.
        blob[4] ^= 1;
        using (var update = write.Session.Prepare("UPDATE representations SET vector = ?2 WHERE representation = ?1"))
        {
            update.Bind(1, key).BindBlob(2, blob).Run();
        }

        write.Commit();
    }

    private static void LoseSnapshots(Shop shop)
    {
        shop.Database.Dispose();
        Directory.Delete(Path.Combine(shop.Folder, "index"), recursive: true);
        shop.Reopen();
    }

    private static void Execute(Shop shop, string sql)
    {
        using var write = shop.Database.Connections.Write(Token);
        write.Session.Execute(sql);
        write.Commit();
    }

    // Rows in another order are summed in another order.
    private sealed class Close : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= 1e-6f;

        public int GetHashCode(float obj) => 0;
    }
}
