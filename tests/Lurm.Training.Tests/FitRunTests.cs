using System.Text.Json;
using Lurm.Store;
using Lurm.Store.Histories;
using Lurm.Training.Commands;
using Lurm.Training.Tests.Items;

namespace Lurm.Training.Tests;

public sealed class FitRunTests
{
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

    private static FitReport Fit(LurmDatabase database) =>
        new FitRun(new FitOptions { Threads = 1, ItemDimensions = 8, Smen = new() { Anchors = 4, AnchorDimensions = 4, Epochs = 2 } }, TimeProvider.System).Run(database, Cancellation);
}
