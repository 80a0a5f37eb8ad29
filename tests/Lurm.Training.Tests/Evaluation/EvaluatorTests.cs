using System.Text.Json;
using Lurm.Store;
using Lurm.TestKit;
using Lurm.Training.Evaluation;
using Lurm.Training.Evaluation.Reports;
using Lurm.Training.Histories;
using Lurm.Training.Samples;
using Lurm.Training.Smen;
using Lurm.Training.Tests.Items;

namespace Lurm.Training.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly EvaluationOptions Quick = new() { BootstrapSamples = 100, Queries = 100, Targets = 8, MapUsers = 120, Labels = ["first_persona"] };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_served_model_is_measured_in_every_section_and_reported_in_every_form()
    {
        using var folder = new TemporaryFolder();
        using var database = Shop(folder, out var labels);
        new FitRun(new FitOptions { Interests = 100 }, TimeProvider.System).Run(database, Cancellation);
        database.Embed(cancellationToken: Cancellation);
        using var models = new TemporaryModels(database, new FitOptions { Interests = 100 }, null, Cancellation);
        var report = new Evaluator(database, Quick with { LabelsFile = labels }, models, null, Cancellation).Run(TemporaryModels.Registered(database, Cancellation));

        Assert.Equal(["Whole histories", "What comes next", "Lookalike", "Users not seen in training"], report.Sections.Select(section => section.Title));
        foreach (var row in report.Sections.Take(3).SelectMany(section => section.Rows))
        {
            string[] names = [.. row.Cells.Select(cell => cell.Representation)];
            Assert.Equal(
                [Representation.SparseBag, Representation.ItemTfIdf, Representation.TruncatedSvd, Representation.MeanItemVector, Representation.RandomProjection, Representation.Lurm],
                names);
            var lurm = row.Cells[^1];
            Assert.True(double.IsFinite(lurm.Value.Value), $"{row.Task} {row.Measure} has no value");
            Assert.True(lurm.Value.Low <= lurm.Value.Value + 1e-9 && lurm.Value.Value <= lurm.Value.High + 1e-9, $"{row.Task} {row.Measure}: {lurm.Value} is not within its interval");
            Assert.Equal([Representation.SparseBag, Representation.TruncatedSvd], lurm.Ratios.Select(ratio => ratio.Over));
        }

        // Personas are planted strongly enough that every sensible representation shows them.
        var label = report.Sections[0].Rows[0];
        Assert.StartsWith("label first_persona", label.Task);
        Assert.All(label.Cells, cell => Assert.True(cell.Value.Value > 0.6, $"{cell.Representation} predicts the persona with an AUC of {cell.Value.Value}"));
        Assert.NotNull(report.LiftCurves);
        Assert.Equal(Quick.MapUsers, report.UserMap!.Points.Count);
        Assert.Equal(Quick.Pictures, report.Histories.Count);

        using var json = JsonDocument.Parse(ReportJson.Write(report));
        Assert.Equal(4, json.RootElement.GetProperty("sections").GetArrayLength());
        var html = HtmlReport.Write(report);
        Assert.Equal(2 + Quick.Pictures, html.Split("<svg ").Length - 1);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org/2000/svg", string.Empty));
        Assert.Contains("No number here is that paper", html);
    }

    [Fact]
    public void Every_variant_is_fitted_and_asked_what_the_default_is_asked()
    {
        using var folder = new TemporaryFolder();
        using var database = Shop(folder, out var labels);
        var fit = new FitOptions { Interests = 30, Smen = new SmenOptions { Anchors = 4, AnchorDimensions = 4, Epochs = 1 } };
        new FitRun(fit, TimeProvider.System).Run(database, Cancellation);
        database.Embed(cancellationToken: Cancellation);
        using var models = new TemporaryModels(database, fit, null, Cancellation);
        var options = Quick with { LabelsFile = labels, Ablations = true, Targets = 2 };
        var report = new Evaluator(database, options, models, null, Cancellation).Run(TemporaryModels.Registered(database, Cancellation));

        var section = Assert.Single(report.Sections, section => section.Title == "Ablations");
        Assert.All(section.Rows, row => Assert.Equal(EncoderVariant.Ablations.Select(variant => variant.Name), row.Cells.Select(cell => cell.Representation)));
        Assert.All(section.Rows, row => Assert.All(row.Cells, cell => Assert.True(double.IsFinite(cell.Value.Value), $"{cell.Representation}: {row.Task} {row.Measure}")));

        Assert.Contains(ReportTable.Of(report), table => table.Title == "Ablations" && table.Rows.Count == EncoderVariant.Ablations.Count);
    }

    [Fact]
    public void Models_of_a_part_take_supplied_item_vectors_too()
    {
        using var shop = new TasteShop(users: 200, periods: 4, switches: false);
        shop.ImportVectors(TasteShop.ItemIds().Select((id, at) => (id, Enumerable.Range(0, 8).Select(axis => at % 8 == axis ? 1f : 0).ToArray())));
        var told = new List<string>();
        var fit = new FitOptions { Interests = 8, Smen = new SmenOptions { Anchors = 2, AnchorDimensions = 4, Epochs = 1 } };
        using var models = new TemporaryModels(shop.Database, fit, new Lurm.Training.Commands.ReportTo<string>(told.Add), Cancellation);
        models.Fit(UserHistories.Read(shop.Database, Cancellation), EncoderVariant.Default);

        Assert.Contains(told, stage => stage.Contains("40 item vectors of 8 components taken as supplied", StringComparison.Ordinal));
    }

    [Fact]
    public void Models_of_a_part_are_made_like_the_one_that_serves()
    {
        var clustered = new EvaluatedModel { Id = "m", InterestOfItem = [0, 1, 0, -1], Labels = ["a", "b"], Dimensions = 64, Anchors = 4 };
        var identity = new EvaluatedModel { Id = "m", InterestOfItem = [1, 0, -1], Labels = ["a", "b"] };

        Assert.Equal((2, 4, 16), (TemporaryModels.Like(clustered).Interests, TemporaryModels.Like(clustered).Smen.Anchors, TemporaryModels.Like(clustered).Smen.AnchorDimensions));
        Assert.Null(TemporaryModels.Like(identity).Interests);
    }

    [Fact]
    public void Without_a_model_baselines_are_measured_and_twice_the_same()
    {
        using var folder = new TemporaryFolder();
        using var database = Shop(folder, out var labels);
        var first = Measure();
        var second = Measure();
        Assert.Equal(["Whole histories", "What comes next", "Lookalike"], first.Sections.Select(section => section.Title));
        Assert.Equal(JsonSerializer.Serialize(first.Sections), JsonSerializer.Serialize(second.Sections));
        Assert.DoesNotContain(first.Sections.SelectMany(section => section.Rows).SelectMany(row => row.Cells), cell => cell.Representation == Representation.Lurm);

        EvaluationReport Measure() => new Evaluator(database, Quick with { LabelsFile = labels }, null, null, Cancellation).Run(null);
    }

    [Fact]
    public void A_database_without_a_model_says_what_to_run()
    {
        using var folder = new TemporaryFolder();
        using var database = LurmDatabase.Create(folder["empty.lurm"]);
        Assert.Contains("lurm-train fit", Assert.Throws<TrainingException>(() => TemporaryModels.Registered(database, Cancellation)).Message);
        Assert.Contains("lurm ingest", Assert.Throws<TrainingException>(() => new Evaluator(database, Quick, null, null, Cancellation).Run(null)).Message);
    }

    [Fact]
    public void A_label_that_is_nowhere_is_named_with_those_that_are_there()
    {
        using var folder = new TemporaryFolder();
        using var database = Shop(folder, out var labels);
        var asked = Quick with { LabelsFile = labels, Labels = ["shoe_size"] };
        var failure = Assert.Throws<TrainingException>(() => new Evaluator(database, asked, null, null, Cancellation).Run(null));
        Assert.Contains("'shoe_size'", failure.Message);
        Assert.Contains("current_persona", failure.Message);
    }

    private static LurmDatabase Shop(TemporaryFolder folder, out string labels)
    {
        var sample = SampleWriter.Write(folder["sample"], new SampleOptions { Users = 600, Events = 40_000, Items = 300, Months = 10 }, cancellationToken: Cancellation);
        labels = sample.LabelsFile;
        var database = LurmDatabase.Create(folder["shop.lurm"]);
        database.IngestFiles(
            [sample.EventsFile],
            new EventMapping { UserColumn = "user", ItemColumn = "item", TimeColumn = "time", KindColumn = "kind", TitleColumn = "title", CategoryColumn = "category" },
            cancellationToken: Cancellation);
        return database;
    }
}
