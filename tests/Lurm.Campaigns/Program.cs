using System.CommandLine;
using System.Globalization;
using Lurm.Campaigns.Concurrency;
using Lurm.Campaigns.Corruption;
using Lurm.Campaigns.Crashes;
using Lurm.Campaigns.Floods;
using Lurm.Campaigns.Fuzzing;
using Lurm.Store;

namespace Lurm.Campaigns;

/// <summary>Tries to break Lurm for as long as it is told to; the tests run the same campaigns for a few seconds.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        var root = new RootCommand("Campaigns that try to break Lurm. Each says what it tried and what it found; exit code 1 where it found something.")
        {
            Fuzz(),
            Campaign("crash", "Kills real lurm processes at random moments and looks at what is left.", "times", 200, CrashCampaign.Run),
            Campaign("corrupt", "Damages snapshots, bundles and blobs: a typed error or the right answer, nothing else.", "trials", 5_000, CorruptionCampaign.Run),
            Campaign("concurrent", "Runs random operations side by side and checks that every read can be explained.", "histories", 100, ConcurrencyCampaign.Run),
            Campaign("flood", "Sends one stream of events that no memory holds, and watches the memory.", "megabytes", 1_000, FloodCampaign.Run),
            Campaign("limits", "Asks the largest queries that are allowed.", "users", 1_000_000, LimitsCampaign.Run),
            Side(),
        };
        return root.Parse(args).InvokeAsync();
    }

    /// <summary>The other process of <c>concurrent</c>.</summary>
    private static Command Side()
    {
        var folder = new Argument<string>("folder");
        var command = new Command(RemoteSide.Command) { folder };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            using var database = LurmDatabase.Open(parsed.GetValue(folder)!);
            RemoteSide.Serve(new LocalSide(database), Console.In, Console.Out);
        });
        return command;
    }

    private static Command Fuzz()
    {
        var target = new Option<string?>("--target") { Description = $"One of {string.Join(", ", FuzzTargets.Names)}; default: all." };
        target.AcceptOnlyFromAmong([.. FuzzTargets.Names]);
        var command = Campaign("fuzz", "Feeds mutated inputs to every reader: only the typed errors may come out.", "executions", 1_000_000, (options, parsed) => FuzzCampaign.Run(options, parsed.GetValue(target)));
        command.Options.Add(target);
        return command;
    }

    private static Command Campaign(string name, string description, string unit, long count, Func<CampaignOptions, CampaignReport> run) =>
        Campaign(name, description, unit, count, (options, _) => run(options));

    private static Command Campaign(string name, string description, string unit, long count, Func<CampaignOptions, ParseResult, CampaignReport> run)
    {
        var tries = new Option<long>($"--{unit}") { Description = $"How many {unit}.", DefaultValueFactory = _ => count };
        var seed = new Option<int>("--seed") { Description = "Repeats a campaign, as far as a machine repeats moments.", DefaultValueFactory = _ => 1 };
        var findings = new Option<string?>("--findings") { Description = "A folder for inputs that broke something." };
        var report = new Option<string?>("--report") { Description = "A Markdown file for the outcome." };
        var command = new Command(name, description) { tries, seed, findings, report };
        command.SetAction(parsed =>
        {
            var options = new CampaignOptions(parsed.GetValue(tries), parsed.GetValue(seed)) { FindingsFolder = parsed.GetValue(findings), Progress = Console.Error };
            var outcome = run(options, parsed);
            var text = outcome.ToMarkdown(string.Create(CultureInfo.InvariantCulture, $"{name} --{unit} {options.Count} --seed {options.Seed}"));
            Console.WriteLine(text);
            if (parsed.GetValue(report) is { } path)
            {
                File.WriteAllText(path, text);
            }

            return outcome.Findings.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
