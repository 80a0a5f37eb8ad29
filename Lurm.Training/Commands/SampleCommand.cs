using System.CommandLine;
using System.Globalization;
using Lurm.Training.Samples;

namespace Lurm.Training.Commands;

/// <summary><c>lurm-train sample</c>: synthetic shoppers with planted, drifting personas, and their labels.</summary>
internal static class SampleCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var defaults = new SampleOptions();
        var folder = new Argument<string>("DIR") { Description = "A new or empty folder for events.csv, items.csv, labels.csv and README.md." };
        var users = new Option<int>("--users") { Description = "Shoppers.", DefaultValueFactory = _ => defaults.Users };
        var months = new Option<int>("--months") { Description = "Calendar months, from January 2023.", DefaultValueFactory = _ => defaults.Months };
        var events = new Option<long?>("--events") { Description = "Events; 50 per user if not given." };
        var items = new Option<int>("--items") { Description = "Items of the catalogue.", DefaultValueFactory = _ => defaults.Items };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same bytes.", DefaultValueFactory = _ => defaults.Seed };
        var command = new Command("sample", "Writes a synthetic shop's log with planted, drifting personas, and their labels.") { folder, users, months, events, items, seed };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new SampleOptions
            {
                Users = parsed.GetValue(users),
                Months = parsed.GetValue(months),
                Events = parsed.GetValue(events),
                Items = parsed.GetValue(items),
                Seed = parsed.GetValue(seed),
            };
            return Task.FromResult(Run(parsed.GetValue(folder)!, options, cancellationToken));
        });
        return command;
    }

    private static int Run(string folder, SampleOptions options, CancellationToken cancellationToken)
    {
        try
        {
            options.Validate();
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine($"lurm-train sample: {wrong.Message}");
            return 2;
        }

        try
        {
            var line = new ProgressLine();
            var report = SampleWriter.Write(
                folder,
                options,
                new ReportTo<long>(written => line.Report(() => FormattableString.Invariant($"{written:N0} of {options.EventCount:N0} events"))),
                cancellationToken);
            line.Done(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Events:N0} events of {report.Users:N0} users ({report.Switched:N0} switch persona) in {report.Elapsed.TotalSeconds:F1} s, {report.EventBytes / 1e6:N0} MB"));
            Console.WriteLine(report.Folder);
            return 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"lurm-train sample: {failure.Message}");
            return 1;
        }
    }
}
