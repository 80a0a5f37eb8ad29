using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lurm.Store;

namespace Lurm.Training.Commands;

/// <summary><c>lurm-train fit</c>: trains a model on a database and registers it there.</summary>
internal static class FitCommand
{
    /// <summary>How <c>--config</c> files are read: camel case, names for choices, comments allowed, unknown names refused.</summary>
    internal static JsonSerializerOptions ConfigFormat { get; } = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var database = new Argument<string>("DB") { Description = "The database's folder." };
        var config = new Option<string?>("--config") { Description = "A JSON file of options (interests, itemDimensions, kindWeights, smen { anchors, anchor, time, aggregation, scales … }); what is given beside it wins." };
        var interests = new Option<int?>("--interests") { Description = "How many interests; by default one per item up to 32,768 items, else 16 times the root of the items." };
        var seed = new Option<long?>("--seed") { Description = "The seed of everything random. Default 1." };
        var maxUsers = new Option<int?>("--max-users") { Description = "Train on a sample of at most so many users. Default 1,000,000." };
        var threads = new Option<int?>("--threads") { Description = "Threads of tensor operations. Default: this machine's cores, at most 16." };
        var device = new Option<string>("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var modelId = new Option<string?>("--model-id") { Description = "The model's id; by default the time and the seed." };
        var restart = new Option<bool>("--restart") { Description = "Begin anew instead of going on where an interrupted fit stopped." };
        var json = new Option<bool>("--json") { Description = "Print the model's card as JSON." };
        var command = new Command("fit", "Learns item vectors, interests and the encoder from a database, and registers the model there.")
        {
            database, config, interests, seed, maxUsers, threads, device, modelId, restart, json,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Guard(() =>
        {
            var options = parsed.GetValue(config) is { } file ? ReadConfig(file) : new FitOptions();
            options = options with
            {
                Interests = parsed.GetValue(interests) ?? options.Interests,
                Seed = parsed.GetValue(seed) ?? options.Seed,
                MaxUsers = parsed.GetValue(maxUsers) ?? options.MaxUsers,
                Threads = parsed.GetValue(threads) ?? options.Threads,
                Cuda = parsed.GetValue(device) == "cuda" || options.Cuda,
                ModelId = parsed.GetValue(modelId) ?? options.ModelId,
                Restart = parsed.GetValue(restart) || options.Restart,
            };
            try
            {
                options.Validate();
            }
            catch (TrainingException wrong)
            {
                Console.Error.WriteLine($"lurm-train fit: {wrong.Message}");
                return 2;
            }

            return Run(parsed.GetValue(database)!, options, parsed.GetValue(json), cancellationToken);
        })));
        return command;
    }

    /// <summary>Reads a <c>--config</c> file.</summary>
    /// <exception cref="TrainingException">It is not there or not such a file; the message names the place.</exception>
    internal static FitOptions ReadConfig(string file)
    {
        if (!File.Exists(file))
        {
            throw new TrainingException(TrainingFault.Invalid, $"'{file}' does not exist; expected a JSON file of fit options.");
        }

        try
        {
            return JsonSerializer.Deserialize<FitOptions>(File.ReadAllBytes(file), ConfigFormat)
                ?? throw new TrainingException(TrainingFault.Invalid, $"'{file}' is null; expected an object of fit options.");
        }
        catch (JsonException failure)
        {
            throw new TrainingException(TrainingFault.Invalid, $"'{file}', line {failure.LineNumber + 1}: {failure.Message}", failure);
        }
    }

    private static int Run(string folder, FitOptions options, bool json, CancellationToken cancellationToken)
    {
        using var database = LurmDatabase.Open(folder);
        var line = new ProgressLine();
        var run = new FitRun(options, TimeProvider.System)
        {
            Progress = new ReportTo<FitProgress>(progress =>
            {
                if (progress.IsMilestone)
                {
                    line.Done(progress.Text);
                    return;
                }

                line.Report(() => progress.Text);
            }),
        };
        var report = run.Run(database, cancellationToken);

        // Under --json stdout is the card alone.
        var people = json ? Console.Error : Console.Out;
        people.WriteLine("Nearest items of popular ones:");
        foreach (var (item, nearest) in report.NearestItems)
        {
            people.WriteLine($"  {item}: {string.Join(" | ", nearest)}");
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report.Card, ConfigFormat));
            return 0;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Model {report.Card.ModelId}: {report.Card.Dimensions} components, {report.Card.Interests:N0} interests, bags {string.Join(", ", report.Card.Bags.Select(bag => bag.Name))}; {report.Elapsed.TotalSeconds:F1} s. Next: lurm embed {folder}"));
        return 0;
    }

    private static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("lurm-train fit: interrupted; the same command goes on where it stopped.");
            return 1;
        }
        catch (Exception failure) when (failure is TrainingException or StoreException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"lurm-train fit: {failure.Message}");
            return failure is TrainingException { Fault: TrainingFault.Invalid } ? 2 : 1;
        }
    }
}
