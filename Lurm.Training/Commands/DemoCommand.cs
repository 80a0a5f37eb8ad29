using System.CommandLine;
using Lurm.Api;
using Lurm.Index;
using Lurm.Store;
using Lurm.Training.Demo;

namespace Lurm.Training.Commands;

/// <summary><c>lurm-train demo</c>: everything once, from a synthetic shop to a lookalike audience.</summary>
internal static class DemoCommand
{
    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var folder = new Argument<string?>("DIR") { Description = "A new or empty folder; a temporary one if not given.", Arity = ArgumentArity.ZeroOrOne };
        var serve = new Option<bool>("--serve") { Description = "Leave the REST API running and print three requests to try." };
        var url = new Option<string>("--url") { Description = "Where to serve.", DefaultValueFactory = _ => DefaultUrl };
        var seed = new Option<long>("--seed") { Description = "Of the shop and the training.", DefaultValueFactory = _ => DemoRun.Size.Seed };
        var command = new Command("demo", "Makes a synthetic shop, trains on it and asks it: a minute on two cores.") { folder, serve, url, seed };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(folder), parsed.GetValue(seed), parsed.GetValue(serve) ? parsed.GetValue(url) : null, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? folder, long seed, string? url, CancellationToken cancellationToken)
    {
        try
        {
            var place = folder is null ? Directory.CreateTempSubdirectory("lurm-demo-").FullName : Path.GetFullPath(folder);
            Console.Error.WriteLine($"Lurm demo in {place}");
            var line = new ProgressLine();
            var run = new DemoRun(place, DemoRun.Size with { Seed = seed })
            {
                Progress = new ReportTo<FitProgress>(step =>
                {
                    if (step.IsMilestone)
                    {
                        line.Done(step.Text);
                        return;
                    }

                    line.Report(() => step.Text);
                }),
            };
            var report = run.Run(cancellationToken);
            Console.Write(report.ToText());
            if (url is not null)
            {
                await ServeAsync(report, url, cancellationToken);
            }

            return 0;
        }
        catch (Exception failure) when (failure is StoreException or TrainingException or IndexException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"lurm-train demo: {failure.Message}");
            return 1;
        }
    }

    private static async Task ServeAsync(DemoReport report, string url, CancellationToken cancellationToken)
    {
        using var database = LurmDatabase.Open(report.Database);
        await using var application = LurmApplication.Build(database, [url]);
        await application.StartAsync(cancellationToken);
        var address = application.Urls.First();
        Console.WriteLine();
        Console.WriteLine($"Serving at {address}; Ctrl-C ends it. Try:");
        foreach (var request in report.Requests)
        {
            Console.WriteLine("  " + request.Replace(DemoReport.Address, address, StringComparison.Ordinal));
        }

        await application.WaitForShutdownAsync(cancellationToken);
    }
}
