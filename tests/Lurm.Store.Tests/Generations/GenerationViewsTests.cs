namespace Lurm.Store.Tests.Generations;

/// <summary>What a reader in another process sees, with a clock that the test moves.</summary>
public sealed class GenerationViewsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void New_users_are_found_a_second_later_and_not_looked_for_before()
    {
        using var shop = new Shop(users: 20);
        shop.Register();
        shop.Database.Embed(cancellationToken: Token);
        var time = new ManualTime();
        using var reader = shop.OpenAgain(time);
        Assert.Equal(19, reader.Similar("u1", k: 100, cancellationToken: Token).Count);
        shop.Ingest(Shop.Events(30));
        shop.Database.Embed(cancellationToken: Token);

        Assert.Equal(19, reader.Similar("u1", k: 100, cancellationToken: Token).Count);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(20, reader.Similar("u1", k: 100, cancellationToken: Token).Count);
    }

    [Fact]
    public void Another_generation_is_swapped_in_whole_and_an_idle_reader_waits_for_it()
    {
        using var shop = new Shop(users: 20);
        shop.Register("m1");
        shop.Database.Embed(cancellationToken: Token);
        var time = new ManualTime();
        using var reader = shop.OpenAgain(time);
        Assert.Equal("m1", reader.Similar(new SimilarQuery { UserId = "u1" }, Token).ModelId);
        shop.Register("m2", seed: 2);
        shop.Database.Embed(cancellationToken: Token);
        time.Advance(TimeSpan.FromMinutes(1));

        var answer = reader.Similar(new SimilarQuery { UserId = "u1", K = 19 }, Token);

        Assert.Equal("m2", answer.ModelId);
        Assert.Equal(shop.Database.Similar(new SimilarQuery { UserId = "u1", K = 19 }, Token).Users.Select(user => user.Score), answer.Users.Select(user => user.Score));
    }

    [Fact]
    public void A_busy_reader_keeps_answering_from_one_generation_or_the_other_while_it_swaps()
    {
        using var shop = new Shop(users: 60);
        shop.Register("m1");
        shop.Database.Embed(cancellationToken: Token);
        var old = Scores(shop.Database);
        var time = new ManualTime();
        using var reader = shop.OpenAgain(time);
        Assert.Equal(old, Scores(reader));
        shop.Register("m2", seed: 2);
        shop.Database.Embed(cancellationToken: Token);
        var next = Scores(shop.Database);

        var seen = new HashSet<bool>();
        for (var i = 0; i < 10_000 && !seen.Contains(true); i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            var scores = Scores(reader);
            var isNext = scores.SequenceEqual(next);
            Assert.True(isNext || scores.SequenceEqual(old), "an answer mixes two generations");
            seen.Add(isNext);
        }

        Assert.Contains(true, seen);
    }

    [Fact]
    public void Lost_and_damaged_snapshots_cost_time_and_nothing_else()
    {
        using var shop = new Shop(users: 40);
        shop.Register();
        shop.Database.Embed(cancellationToken: Token);
        var expected = Scores(shop.Database);
        var snapshot = Assert.Single(Directory.GetFiles(Path.Combine(shop.Folder, "index")));

        File.WriteAllBytes(snapshot, [1, 2, 3]);
        shop.Reopen();
        Assert.Equal(expected, Scores(shop.Database));

        Directory.Delete(Path.Combine(shop.Folder, "index"), recursive: true);
        shop.Reopen();
        Assert.Equal(expected, Scores(shop.Database));

        shop.Database.Embed(cancellationToken: Token);
        Assert.Single(Directory.GetFiles(Path.Combine(shop.Folder, "index")));
    }

    [Fact]
    public void A_snapshot_that_lacks_changes_is_opened_with_them()
    {
        using var shop = new Shop(users: 40);
        shop.Register();
        shop.Database.Embed(cancellationToken: Token);
        shop.Ingest([Shop.Event("u3", 0, 6), .. Shop.Events(41)]);
        shop.Database.Embed(cancellationToken: Token);
        var expected = Scores(shop.Database);

        shop.Reopen();

        Assert.Equal(expected, Scores(shop.Database));
        Assert.Equal(40, shop.Database.Similar("u41", k: 100, cancellationToken: Token).Count);
    }

    private static float[] Scores(LurmDatabase database) => [.. database.Similar("u1", k: 19, cancellationToken: Token).Select(user => user.Score)];
}
