using Lurm.Store;
using Lurm.TestKit;
using Lurm.Training.Demo;
using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Demo;

public sealed class DemoRunTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_demo_goes_the_whole_path_and_finds_what_was_planted()
    {
        using var folder = new TemporaryFolder();
        var stages = new List<string>();
        var run = new DemoRun(folder.Path, new SampleOptions { Users = 1_000, Events = 60_000, Items = 300, Months = 12 })
        {
            Progress = new Lurm.Training.Commands.ReportTo<FitProgress>(step => stages.Add(step.Text)),
        };
        var report = run.Run(Cancellation);
        Assert.Equal(["sample", "create, ingest", "fit", "embed", "check the index", "similar users", "lookalike"], report.Stages.Select(stage => stage.Name));
        Assert.NotEmpty(stages);

        // Random audiences lift by 1, and this planted truth is not hidden: several times that, or the path is broken.
        Assert.True(report.Lift > 3, $"lookalike lift is {report.Lift}; expected above 3");
        Assert.True(report.Recall > 0.95, $"recall is {report.Recall}; expected above 0.95");
        using var database = LurmDatabase.Open(report.Database);
        Assert.Equal(60_000, database.GetStats(Cancellation).Events);
        Assert.Equal(3, report.Requests.Count);
        Assert.All(report.Requests, request => Assert.Contains(DemoReport.Address, request));
        var text = report.ToText();
        Assert.Contains("What happened", text);
        Assert.Contains(report.Database, text);
    }

    [Fact]
    public void A_folder_with_something_in_it_is_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.txt"], "mine");
        var failure = Assert.Throws<IOException>(() => new DemoRun(folder.Path, DemoRun.Size).Run(Cancellation));
        Assert.Contains("is not empty", failure.Message);
        Assert.Equal([folder["mine.txt"]], Directory.GetFileSystemEntries(folder.Path));
    }
}
