using Lurm.Store.Tests.Encoders;

namespace Lurm.Store.Tests.Generations;

public sealed class EmbedTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Without_a_model_it_says_to_train_one()
    {
        using var shop = new Shop();

        var error = Assert.Throws<StoreException>(() => shop.Database.Embed(cancellationToken: Token));

        Assert.Equal(StoreFault.Unavailable, error.Fault);
        Assert.Contains("lurm-train fit", error.Message, StringComparison.Ordinal);
        Assert.Contains("lurm-train fit", Assert.Throws<StoreException>(() => shop.Database.Similar("u1", cancellationToken: Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_embedding_publishes_the_candidate_and_makes_it_active()
    {
        using var shop = new Shop(users: 40);
        shop.Register();
        Assert.Equal(ModelState.Candidate, Assert.Single(shop.Database.Models).State);

        var report = shop.Database.Embed(cancellationToken: Token);

        Assert.True(report.IsNewGeneration);
        Assert.Equal(40, report.Embedded);
        Assert.Equal(40, report.Representations);
        var model = Assert.Single(shop.Database.Models);
        Assert.Equal((ModelState.Active, 40), (model.State, model.Representations));
        Assert.True(shop.Database.TryGetActiveModel(out var active));
        Assert.Equal("m1", active.Card.ModelId);
        var stats = shop.Database.GetStats(Token);
        Assert.Equal((40L, "m1"), (stats.Representations, stats.ModelId));
    }

    [Fact]
    public void Users_of_unknown_items_are_counted_and_have_no_representation()
    {
        using var shop = new Shop(users: 8);
        shop.Ingest([Shop.Event("stranger", 99, 1)]);
        shop.Register();

        var report = shop.Database.Embed(cancellationToken: Token);

        Assert.Equal((8, 1), (report.Embedded, report.WithoutInterest));
        Assert.False(shop.Database.TryGetRepresentation("stranger", out _));
        Assert.Contains("has no representation", Assert.Throws<StoreException>(() => shop.Database.Similar("stranger", cancellationToken: Token)).Message, StringComparison.Ordinal);
        Assert.Equal(1, shop.Database.GetStats(Token).ItemsWithoutInterest);
    }

    [Fact]
    public void A_second_embedding_touches_only_users_that_changed_and_finds_new_ones()
    {
        using var shop = new Shop(users: 40);
        shop.Register();
        var first = shop.Database.Embed(cancellationToken: Token);
        shop.Database.TryGetRepresentation("u3", out var before);
        shop.Ingest([Shop.Event("u3", 0, 6), .. Shop.Events(41)]);

        var second = shop.Database.Embed(cancellationToken: Token);

        Assert.False(second.IsNewGeneration);
        Assert.Equal(first.Generation, second.Generation);
        Assert.Equal((2, 41), (second.Embedded, second.Representations));
        shop.Database.TryGetRepresentation("u3", out var after);
        Assert.NotEqual(before, after);
        Assert.Equal(40, shop.Database.Similar("u41", k: 100, cancellationToken: Token).Count);
        Assert.Equal(0, shop.Database.Embed(cancellationToken: Token).Embedded);
    }

    [Fact]
    public void All_builds_another_generation_with_the_same_representations()
    {
        using var shop = new Shop(users: 40);
        shop.Register();
        var first = shop.Database.Embed(cancellationToken: Token);
        shop.Database.TryGetRepresentation("u7", out var before);

        var again = shop.Database.Embed(new EmbedOptions { All = true }, cancellationToken: Token);

        Assert.NotEqual(first.Generation, again.Generation);
        shop.Database.TryGetRepresentation("u7", out var after);
        Assert.Equal(before, after);
    }

    [Fact]
    public void A_new_candidate_takes_over_and_the_old_model_can_be_gone_back_to()
    {
        using var shop = new Shop(users: 40);
        shop.Register("m1", seed: 1);
        var first = shop.Database.Embed(cancellationToken: Token);
        shop.Database.TryGetRepresentation("u7", out var before);
        shop.Register("m2", seed: 2);
        shop.Database.Embed(cancellationToken: Token);
        shop.Database.TryGetRepresentation("u7", out var other);
        Assert.NotEqual(before, other);
        shop.Ingest(Shop.Events(50));

        var back = shop.Database.Embed(new EmbedOptions { ModelId = "m1" }, cancellationToken: Token);

        Assert.Equal(first.Generation, back.Generation);
        Assert.Equal(1, back.Embedded);
        shop.Database.TryGetRepresentation("u7", out var after);
        Assert.Equal(before, after);
        Assert.True(shop.Database.TryGetRepresentation("u50", out _));
        Assert.Equal([ModelState.Active, ModelState.Retired], shop.Database.Models.Select(model => model.State));
    }

    [Fact]
    public void An_unknown_model_is_named_with_those_that_are_known()
    {
        using var shop = new Shop(users: 4);
        shop.Register("m1");

        var error = Assert.Throws<StoreException>(() => shop.Database.Embed(new EmbedOptions { ModelId = "nope" }, cancellationToken: Token));

        Assert.Equal(StoreFault.NotFound, error.Fault);
        Assert.Contains("known are: m1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 2)]
    [InlineData(1000, 1)]
    public void Batches_and_threads_do_not_change_the_result(int batchSize, int threads)
    {
        using var shop = new Shop(users: 60);
        shop.Register();
        shop.Database.Embed(new EmbedOptions { BatchSize = 256, Threads = 1 }, cancellationToken: Token);
        var expected = Enumerable.Range(0, 60).Select(user => Get(shop, $"u{user}")).ToArray();

        shop.Database.Embed(new EmbedOptions { All = true, BatchSize = batchSize, Threads = threads }, cancellationToken: Token);

        for (var user = 0; user < 60; user++)
        {
            Assert.Equal(expected[user], Get(shop, $"u{user}"), (a, b) => Math.Abs(a - b) <= 1e-6f);
        }
    }

    [Fact]
    public void Pooling_in_managed_code_agrees_with_the_whole_graph()
    {
        using var graph = new Shop(users: 60);
        graph.Register(head: false);
        Assert.Equal("cpu", graph.Database.Embed(cancellationToken: Token).Device);
        using var pooled = new Shop(users: 60);
        pooled.Register(head: true);
        Assert.Equal("cpu, pooling in C#", pooled.Database.Embed(cancellationToken: Token).Device);

        for (var user = 0; user < 60; user++)
        {
            Assert.Equal(Get(graph, $"u{user}"), Get(pooled, $"u{user}"), (a, b) => Math.Abs(a - b) <= 1e-5f);
        }
    }

    [Fact]
    public void A_representation_is_what_the_formula_says()
    {
        using var shop = new Shop(users: 0);
        shop.Ingest([Shop.Event("x", 0, 1), Shop.Event("x", 5, 1)]);
        var bundle = shop.Register(bags: [Models.Lifetime()]);
        shop.Database.Embed(cancellationToken: Token);

        var table = Shop.Table(bundle.Card);
        var z = Enumerable.Range(0, 16).Select(d => (table[d] + table[(5 * 16) + d]) / Math.Sqrt(2)).ToArray();
        var length = Math.Sqrt(z.Sum(value => value * value));
        Assert.Equal([.. z.Select(value => (float)(value / length))], Get(shop, "x"), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Cuda_where_there_is_none_says_what_is_missing_and_only_cuda_or_cpu_falls_back()
    {
        Assert.SkipWhen(HasCuda(), "this machine's ONNX Runtime has CUDA");
        using var shop = new Shop(users: 8);
        shop.Register();

        var error = Assert.Throws<StoreException>(() => shop.Database.Embed(new EmbedOptions { Device = EncoderDevice.Cuda }, cancellationToken: Token));
        Assert.Equal(StoreFault.Unavailable, error.Fault);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
        Assert.Contains("CPUExecutionProvider", error.Message, StringComparison.Ordinal);

        var report = shop.Database.Embed(new EmbedOptions { Device = EncoderDevice.CudaOrCpu }, cancellationToken: Token);
        Assert.Equal("cpu", report.Device);
        Assert.Contains("CPUExecutionProvider", report.Fallback, StringComparison.Ordinal);
        Assert.Equal((8L, "cpu", report.Fallback), (shop.Database.LastEmbedding!.Embedded, shop.Database.LastEmbedding.Device, shop.Database.LastEmbedding.Fallback));

        shop.Database.Embed(cancellationToken: Token);
        Assert.Null(shop.Database.GetStats(Token).LastEmbedding!.Fallback);
    }

    [Fact]
    public void A_cancelled_embedding_goes_on_where_it_stopped_and_leaves_the_old_generation()
    {
        using var shop = new Shop(users: 40);
        shop.Register("m1");
        var first = shop.Database.Embed(cancellationToken: Token);
        shop.Register("m2", seed: 2);
        using var cancel = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => shop.Database.Embed(
            null,
            new Stop(cancel, progress => progress.Stage == EmbedStage.Indexing),
            cancel.Token));
        Assert.Equal(first.Generation, Generation(shop));

        var second = shop.Database.Embed(cancellationToken: Token);
        Assert.True(second.Resumed);
        Assert.Equal((0, 40), (second.Embedded, second.Representations));
    }

    [Fact]
    public void Only_one_embedding_runs_at_a_time()
    {
        using var shop = new Shop(users: 8);
        shop.Register();
        using var other = shop.OpenAgain();
        StoreException? refused = null;

        shop.Database.Embed(null, new Once(() => refused = Assert.Throws<StoreException>(() => other.Embed(cancellationToken: Token))), Token);

        Assert.Equal(StoreFault.Conflict, refused!.Fault);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        other.Embed(cancellationToken: Token);
    }

    [Fact]
    public void Only_files_that_a_kept_generation_names_stay()
    {
        using var shop = new Shop(users: 8);
        shop.Register("m1");
        shop.Database.Embed(cancellationToken: Token);
        File.WriteAllText(Path.Combine(shop.Folder, "index", "g9-9.hnsw.tmp"), "left by a killed run");
        shop.Register("m2", seed: 2);

        shop.Database.Embed(new EmbedOptions { KeepRetired = TimeSpan.Zero }, cancellationToken: Token);
        shop.Database.Embed(new EmbedOptions { KeepRetired = TimeSpan.Zero }, cancellationToken: Token);

        Assert.Equal(["g2-0.hnsw"], Directory.EnumerateFiles(Path.Combine(shop.Folder, "index")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_model_of_another_grain_or_another_model_of_a_known_id_is_refused()
    {
        using var shop = new Shop(users: 4);
        shop.Register("m1");

        var conflict = Assert.Throws<StoreException>(() => shop.Register("m1", seed: 2));

        Assert.Equal(StoreFault.Conflict, conflict.Fault);
        using var days = LurmDatabase.Create(shop["days"], Lurm.Store.Histories.PeriodGrain.Day);
        var grain = Assert.Throws<StoreException>(() => days.RegisterModel(Path.Combine(shop.Folder, "models", "m1")));
        Assert.Equal(StoreFault.Incompatible, grain.Fault);
    }

    private static float[] Get(Shop shop, string user) =>
        shop.Database.TryGetRepresentation(user, out var representation) ? representation : throw new InvalidOperationException($"no representation of {user}");

    private static long Generation(Shop shop)
    {
        using var view = shop.Database.Views.Borrow(Token);
        return view.Generation.Number;
    }

    private static bool HasCuda() => Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider");

    private sealed class Stop(CancellationTokenSource source, Predicate<EmbedProgress> at) : IProgress<EmbedProgress>
    {
        public void Report(EmbedProgress value)
        {
            if (at(value))
            {
                source.Cancel();
            }
        }
    }

    private sealed class Once(Action act) : IProgress<EmbedProgress>
    {
        private int _done;

        public void Report(EmbedProgress value)
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                act();
            }
        }
    }
}
