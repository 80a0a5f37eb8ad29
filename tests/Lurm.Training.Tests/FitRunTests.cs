using System.Text.Json;
using Lurm.Store;
using Lurm.Store.Histories;
using Lurm.Training.Commands;
using Lurm.Training.Tests.Items;

namespace Lurm.Training.Tests;

public sealed class FitRunTests
{
    private static FitOptions Options { get; } = new() { Threads = 1, ItemDimensions = 8, Smen = new() { Anchors = 4, AnchorDimensions = 4, Epochs = 2 } };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Tastes_that_switch_turn_recent_anchors_on_unasked()
    {
        using var shop = new TasteShop(users: 500, periods: 14, switches: true);
        var card = Fit(shop.Database).Card;
        Assert.Equal([Scale.Lifetime, Scale.Recent], card.Bags.Select(bag => bag.Scale));
        Assert.True(card.Metrics["nextInterestAucRecent"] > card.Metrics["nextInterestAucLifetime"] + 0.01);
        Assert.True(card.Metrics["nextInterestAucRecent"] > card.Metrics["nextInterestAucControl"]);
    }

    [Fact]
    public void Steady_tastes_leave_all_anchors_to_the_lifetime_and_the_model_embeds()
    {
        using var shop = new TasteShop(users: 400, periods: 8, switches: false);
        var report = Fit(shop.Database);
        Assert.Equal([Scale.Lifetime], report.Card.Bags.Select(bag => bag.Scale));
        Assert.Equal(400, report.Card.TrainedUsers);
        Assert.InRange(report.Card.Metrics["exportDifference"], 0, 1e-4);
        Assert.Equal(ModelState.Candidate, Assert.Single(shop.Database.Models).State);
        shop.Database.Embed(cancellationToken: Cancellation);
        Assert.True(shop.Database.TryGetRepresentation("u7", out var representation));
        Assert.Equal(report.Card.Dimensions, representation.Length);
    }

    /// <summary>What an AUC may lose by training and still be called the same: a tenth of what turns the recent anchors on.</summary>
    private const double SameAuc = 0.0005;

    [Theory]
    [InlineData(14, true)]
    [InlineData(2, false)]
    public void Training_never_predicts_less_than_its_start_nor_finds_fewer_neighbours_on_the_hold_out(int periods, bool switches)
    {
        using var shop = new TasteShop(users: 400, periods, switches);
        var card = Fit(shop.Database).Card;
        if (!card.Metrics.ContainsKey("holdOutAucStart"))
        {
            // Too few interests to hide any: nothing is known, and the network is trained as it always was.
            Assert.False(switches);
            Assert.Equal("1", card.Options["trainedShare"]);
            return;
        }

        Assert.True(card.Metrics["holdOutAucChosen"] >= card.Metrics["holdOutAucStart"] - SameAuc);
        Assert.True(card.Metrics["holdOutOverlapChosen"] >= card.Metrics["holdOutOverlapStart"]);
    }

    [Fact]
    public void The_same_events_and_seed_give_the_same_card_but_for_its_times_and_the_same_answers()
    {
        var (card, answers) = FitEmbedAndAsk();
        var (again, sameAnswers) = FitEmbedAndAsk();

        Assert.Equal(card, again);
        Assert.Equal(answers, sameAnswers);
    }

    [Fact]
    public void A_newcomer_whose_items_training_never_saw_is_found_among_those_of_the_same_taste_by_words_alone()
    {
        const int Taste = 2;
        using var shop = new TasteShop(users: 200, periods: 6, switches: false);
        Fit(shop.Database);
        shop.Database.Embed(cancellationToken: Cancellation);
        var word = TasteShop.Words[Taste];
        shop.Database.Ingest(Newcomer($"{word} gadget", $"New {word.ToUpperInvariant()} lamp", $"{word}: a bell"), "later", cancellationToken: Cancellation);

        var report = shop.Database.Embed(cancellationToken: Cancellation);

        Assert.Equal((1, 0), (report.Embedded, report.WithoutInterest));
        var nearest = shop.Database.Similar("newcomer", k: 10, cancellationToken: Cancellation);
        Assert.Equal(10, nearest.Count);
        Assert.All(nearest, user => Assert.Equal(Taste, TasteShop.TasteOfUser(user.Id)));
    }

    [Fact]
    public void A_newcomer_of_words_that_nobody_used_has_no_representation()
    {
        using var shop = new TasteShop(users: 200, periods: 6, switches: false);
        Fit(shop.Database);
        shop.Database.Ingest(Newcomer("qqq", "zzz"), "later", cancellationToken: Cancellation);

        var report = shop.Database.Embed(cancellationToken: Cancellation);

        Assert.Equal((200, 1), (report.Embedded, report.WithoutInterest));
        Assert.False(shop.Database.TryGetRepresentation("newcomer", out _));
    }

    [Fact]
    public void Ten_popular_items_are_shown_by_title_with_nearest_ones_of_the_same_taste()
    {
        using var shop = new TasteShop(users: 200, periods: 6, switches: false);
        var shown = Fit(shop.Database).NearestItems;

        Assert.Equal(10, shown.Select(row => row.Item).Distinct().Count());
        Assert.All(shown, row =>
        {
            Assert.Equal(3, row.Nearest.Distinct().Count());
            Assert.DoesNotContain(row.Item, row.Nearest);
            Assert.All(row.Nearest, title => Assert.StartsWith(row.Item.Split(' ')[0] + " thing ", title));
        });
    }

    [Fact]
    public void A_catalogue_of_fewer_than_ten_items_is_shown_whole_by_id_where_there_is_no_title()
    {
        using var folder = new TestKit.TemporaryFolder();
        using var database = LurmDatabase.Create(folder["few.lurm"]);
        database.Ingest(
            from user in Enumerable.Range(0, 60)
            from item in new[] { user % 3, (user + 1) % 3 }
            select new BehaviourEvent { User = $"u{user}", Item = $"i{item}", Time = new DateTimeOffset(2024, 1 + (user % 4), 1, 0, 0, 0, TimeSpan.Zero) },
            "all",
            cancellationToken: Cancellation);

        var shown = Fit(database).NearestItems;

        Assert.Equal(["i0", "i1", "i2"], shown.Select(row => row.Item).Order());
        Assert.All(shown, row => Assert.Equal(2, row.Nearest.Count));
    }

    [Fact]
    public void A_card_says_how_many_items_whose_vectors_and_which_libraries()
    {
        using var shop = new TasteShop(users: 200, periods: 6, switches: false);
        var card = Fit(shop.Database).Card;

        Assert.Equal(40, card.Metrics["items"]);
        Assert.Equal("co-occurrence", card.Options["itemVectors"]);
        Assert.Equal([".NET", "ONNX Runtime", "TorchSharp", "libtorch", "lurm"], card.Libraries.Keys.Order(StringComparer.Ordinal));
        Assert.All(card.Libraries.Values, version => Assert.Matches(@"^\d+\.\d+", version));
    }

    [Fact]
    public void Cuda_where_there_is_none_is_refused_before_anything_is_read()
    {
        TorchProbe.Load(1);
        Assert.SkipWhen(TorchProbe.HasCuda(), "this machine's libtorch has CUDA");
        using var shop = new TasteShop(users: 0, periods: 0, switches: false);

        var failure = Assert.Throws<TrainingException>(() => new FitRun(Options with { Cuda = true }, TimeProvider.System).Run(shop.Database, Cancellation));

        Assert.Equal(TrainingFault.Unavailable, failure.Fault);
        Assert.Contains("found no CUDA device", failure.Message);
        Assert.Contains("Build with a CUDA libtorch package, or leave the option out", failure.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interrupted_fit_goes_on_where_it_stopped_unless_an_import_of_items_changed_the_interests(bool isImported)
    {
        using var shop = new TasteShop(users: 200, periods: 6, switches: false);
        var options = Options with { Interests = TasteShop.Tastes * 2, Smen = Options.Smen with { Epochs = 4, Scales = [Scale.Lifetime], TrainedShare = 1 } };
        using var death = new CancellationTokenSource();
        var dying = new FitRun(options, TimeProvider.System)
        {
            Progress = new ReportTo<FitProgress>(step =>
            {
                if (step.Text.StartsWith("pass 3 ", StringComparison.Ordinal))
                {
                    death.Cancel();
                }
            }),
        };
        Assert.ThrowsAny<OperationCanceledException>(() => dying.Run(shop.Database, death.Token));
        if (isImported)
        {
            shop.ImportVectors(TasteShop.ItemIds().Select((id, i) => (id, new float[] { 1 + (i % 3), i % 5, 7 - (i % 7) })));
        }

        var report = new FitRun(options, TimeProvider.System).Run(shop.Database, Cancellation);

        Assert.Equal(isImported ? 0 : 2, report.ResumedEpochs);
    }

    [Fact]
    public void A_database_without_users_says_what_to_do()
    {
        using var shop = new TasteShop(users: 0, periods: 0, switches: false);
        var failure = Assert.Throws<TrainingException>(() => Fit(shop.Database));
        Assert.Equal(TrainingFault.Invalid, failure.Fault);
        Assert.Contains("lurm ingest", failure.Message);
    }

    [Fact]
    public void A_config_file_sets_what_it_names_and_refuses_what_it_does_not_know()
    {
        using var folder = new TestKit.TemporaryFolder();
        File.WriteAllText(folder["fit.json"], """{ "interests": 77, "kindWeights": { "buy": 5 }, "smen": { "anchors": 4, "time": "gru", "scales": ["lifetime", "month"], /* why */ "trainedShare": 0.5, } }""");
        var options = FitCommand.ReadConfig(folder["fit.json"]);
        Assert.Equal(77, options.Interests);
        Assert.Equal(5, options.KindWeights["buy"]);
        Assert.Equal(4, options.Smen.Anchors);
        Assert.Equal(Training.Smen.TimeKind.Gru, options.Smen.Time);
        Assert.Equal([Scale.Lifetime, Scale.Month], options.Smen.Scales);
        Assert.Equal(0.5, options.Smen.TrainedShare);

        File.WriteAllText(folder["wrong.json"], """{ "smen": { "ankers": 4 } }""");
        var unknown = Assert.Throws<TrainingException>(() => FitCommand.ReadConfig(folder["wrong.json"]));
        Assert.Contains("ankers", unknown.Message);
        Assert.Contains("wrong.json", unknown.Message);
        Assert.Throws<TrainingException>(() => FitCommand.ReadConfig(folder["missing.json"]));
    }

    // On one thread: several add what they compute in the order in which they end.
    private static (string Card, (string Id, float Score)[] Answers) FitEmbedAndAsk()
    {
        using var shop = new TasteShop(users: 200, periods: 6, switches: false);
        var card = Fit(shop.Database).Card;
        shop.Database.Embed(new EmbedOptions { Threads = 1 }, cancellationToken: Cancellation);
        var timeless = card with { ModelId = "", CreatedAt = default, Metrics = card.Metrics.Where(metric => !metric.Key.Contains("seconds", StringComparison.OrdinalIgnoreCase)).ToDictionary() };
        return (JsonSerializer.Serialize(timeless), [.. shop.Database.Similar("u7", k: 20, cancellationToken: Cancellation).Select(user => (user.Id, user.Score))]);
    }

    private static IEnumerable<BehaviourEvent> Newcomer(params string[] titles) =>
        titles.Select((title, i) => new BehaviourEvent { User = "newcomer", Item = $"new-{i}", Title = title, Time = new DateTimeOffset(2024, 6, 20, 0, 0, 0, TimeSpan.Zero) });

    private static FitReport Fit(LurmDatabase database) => new FitRun(Options, TimeProvider.System).Run(database, Cancellation);
}
