using System.Globalization;

namespace Lurm.Store.Tests.Generations;

/// <summary>Two real processes: this one serves, children embed, and some of them are killed.</summary>
public sealed class EmbedCrashTests
{
    private static readonly string[] Asked = ["u1", "u2", "u3", "u17"];

    /// <summary>How often a child is killed at a random moment; the target of 100 is run with <c>LURM_KILLS=100</c>.</summary>
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("LURM_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Killed_at_any_moment_an_embedding_leaves_no_mixed_answer_no_lost_generation_and_no_litter()
    {
        using var shop = new Shop(users: 1_500);
        shop.Register("m1");
        shop.Database.Embed(cancellationToken: Token);
        var first = Answers(shop.Database);
        shop.Register("m2", seed: 2);
        var random = new Random(20_261_124); // Fixed: the moments are the test's data, as far as a machine repeats them.
        var seen = new List<float[]>();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = EmbedChild.Start(shop.Folder, all: true, model: "m2");
            child.WaitForExit(random.Next(100, 1_500));
            child.Kill();
            child.WaitForExit();

            shop.Reopen();
            seen.Add(Answers(shop.Database));
            Assert.True(shop.Database.Check(cancellationToken: Token).IsClean);
        }

        shop.Database.Embed(new EmbedOptions { All = true, ModelId = "m2", KeepRetired = TimeSpan.Zero }, cancellationToken: Token);
        shop.Database.Embed(new EmbedOptions { KeepRetired = TimeSpan.Zero }, cancellationToken: Token);
        var second = Answers(shop.Database);
        Assert.NotEqual(first, second);
        Assert.All(seen, answers => Assert.True(answers.SequenceEqual(first) || Close(answers, second), "an answer is of neither generation"));
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(shop.Folder, "index")));
        Assert.Equal(1_500, shop.Database.GetStats(Token).Representations);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_build_that_died_at_one_of_its_stages_is_continued_and_not_begun_again(int stage)
    {
        using var shop = new Shop(users: 40);
        shop.Register("m1");
        shop.Database.Embed(cancellationToken: Token);
        var first = Answers(shop.Database);
        shop.Register("m2", seed: 2);

        // 1: before the first chunk, 2: after the last, 3: before the index stands, 4: after.
        Assert.NotEqual(0, EmbedChild.Run(shop.Folder, dieAt: stage));
        Assert.Equal(first, Answers(shop.Database));
        var report = shop.Database.Embed(cancellationToken: Token);

        Assert.Equal(stage > 1, report.Resumed);
        Assert.Equal((stage > 1 ? 0 : 40, 40), (report.Embedded, report.Representations));
        Assert.Equal("m2", shop.Database.GetStats(Token).ModelId);
    }

    [Fact]
    public void A_server_follows_a_job_through_a_model_change_an_increment_a_crash_and_the_way_back()
    {
        using var shop = new Shop(users: 200);
        shop.Register("m1");
        Assert.Equal(0, EmbedChild.Run(shop.Folder));
        var time = new ManualTime();
        using var server = shop.OpenAgain(time);
        var old = Answers(server);
        Assert.Equal("m1", Model(server));

        shop.Register("m2", seed: 2);
        EmbedChild.Run(shop.Folder, dieAt: 3);
        Look();
        Assert.Equal(("m1", true), (Model(server), Answers(server).SequenceEqual(old)));

        Assert.Equal(0, EmbedChild.Run(shop.Folder));
        Look();
        Assert.Equal("m2", Model(server));

        shop.Ingest(Shop.Events(1_000));
        Assert.Equal(0, EmbedChild.Run(shop.Folder));
        Look();
        Assert.True(server.TryGetRepresentation("u1000", out _));

        Assert.Equal(0, EmbedChild.Run(shop.Folder, model: "m1"));
        Look();
        Assert.Equal("m1", Model(server));
        Assert.True(server.TryGetRepresentation("u1000", out _));
        Assert.True(server.TryGetRepresentation("u1", out var back));
        shop.Database.TryGetRepresentation("u1", out var mine);
        Assert.Equal(mine, back);

        void Look()
        {
            // Nobody asked for a while: the next answer waits for what is new.
            time.Advance(TimeSpan.FromMinutes(1));
            server.Similar("u1", cancellationToken: Token);
        }
    }

    private static string Model(LurmDatabase database) => database.Similar(new SimilarQuery { UserId = "u1" }, Token).ModelId;

    private static float[] Answers(LurmDatabase database) =>
        [.. Asked.SelectMany(user => database.Similar(user, k: 8, cancellationToken: Token)).Select(user => user.Score)];

    /// <summary>Another build of the same representations may find another of several users of equal rank.</summary>
    private static bool Close(float[] answers, float[] others) => answers.Length == others.Length && answers.Zip(others).All(pair => Math.Abs(pair.First - pair.Second) < 1e-3f);
}
