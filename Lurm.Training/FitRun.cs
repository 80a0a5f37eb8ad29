using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Training.Export;
using Lurm.Training.Histories;
using Lurm.Training.Items;
using Lurm.Training.Smen;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Lurm.Training;

/// <summary>All of <c>fit</c>: histories to item vectors to interests to a trained, exported, checked and registered model.</summary>
/// <param name="options">Validated by <see cref="Run"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class FitRun(FitOptions options, TimeProvider time)
{
    private const int ParityUsers = 256;
    private const int OverlapNeighbours = 10;

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Told of every stage.</summary>
    public IProgress<FitProgress>? Progress { get; init; }

    /// <summary>Trains a model on a database and registers it there as a candidate.</summary>
    /// <exception cref="TrainingException">libtorch does not load, options or data do not allow it, or the export differs from the network.</exception>
    /// <exception cref="StoreException">The database could not be read or written.</exception>
    public FitReport Run(LurmDatabase database, CancellationToken cancellationToken)
    {
        options.Validate();
        TorchProbe.Load(options.Threads);
        var device = Device();
        var histories = UserHistories.Read(database, cancellationToken, options.MaxUsers, options.Seed);
        if (histories.Count < 2)
        {
            throw new TrainingException(TrainingFault.Invalid, $"found {histories.Count} users with events in '{database.Folder}'; expected at least 2. Add events with 'lurm ingest'.");
        }

        Milestone($"read {histories.Events:N0} events of {histories.Count:N0} users");
        var data = FitData.Build(histories, database.ReadItems(cancellationToken), database.Kinds, database.Grain, options, Milestone, cancellationToken);
        var trial = new OptionsTrial(options.Smen, options.Seed, device) { Stage = Milestone }.Decide(data, cancellationToken);
        var training = TrainingBags.Build(data.Source.With(BagPlan.Make(data.Source, histories, trial.Options)), histories, trial.Options);
        if (training.Users.Length < 2)
        {
            throw new TrainingException(TrainingFault.Invalid, $"found {training.Users.Length} users with any telling interest; expected at least 2. An interest that every user has tells nothing: use more interests.");
        }

        var checkpoint = new Checkpoint(Path.Combine(database.Folder, "training", "checkpoint.bin"), Fingerprint(database, data));
        if (options.Restart)
        {
            checkpoint.Delete();
        }

        var trainer = new SmenTrainer(trial.Options, options.Seed, device) { Checkpoint = checkpoint, Progress = new Relay<SmenProgress>(ReportStep) };
        using var trained = trainer.Train(training, cancellationToken);
        Milestone(string.Create(CultureInfo.InvariantCulture, $"trained {trained.Epochs} passes{Resumed(checkpoint.ResumedEpochs)}: loss on {trained.HeldOutUsers:N0} held-out users {trained.StartLoss:F4} -> {trained.BestLoss:F4}, their neighbours kept {trained.BestOverlap ?? 0:F3}"));
        var card = WriteAndRegister(database, data, training, trained, trial.Metrics);
        checkpoint.Delete();
        Milestone($"model {card.ModelId} registered as a candidate");
        return new FitReport(card, Diagnose(data.Items), checkpoint.ResumedEpochs, _clock.Elapsed);
    }

    private ModelCard WriteAndRegister(LurmDatabase database, FitData data, TrainingBags training, SmenResult trained, IReadOnlyDictionary<string, double> trialMetrics)
    {
        trained.Network.to(torch.CPU);
        var encoder = SmenExport.Encoder(trained.Network);
        var difference = ParityCheck.LargestDifference(trained.Network, encoder, training.Columns, training.Users[..Math.Min(ParityUsers, training.Users.Length)]);
        if (difference > ParityCheck.Tolerance)
        {
            throw new TrainingException(TrainingFault.Disparity, $"the exported encoder differs from the trained network by {difference:G3}; expected at most {ParityCheck.Tolerance:G1}. Please report this with your fit options.");
        }

        var overlap = NeighbourOverlap.Measure(training, users => SmenTrainer.Encode(trained.Network, training.Columns, users, torch.CPU), OverlapNeighbours, options.Seed);
        Milestone($"neighbour overlap@{OverlapNeighbours} with exact bags {overlap:F3}");
        var metrics = new Dictionary<string, double>(trialMetrics)
        {
            ["neighbourOverlapAt10"] = overlap,
            ["heldOutLossAtStart"] = trained.StartLoss,
            ["heldOutLoss"] = trained.BestLoss,
            ["heldOutOverlapAt10"] = trained.BestOverlap ?? 0,
            ["heldOutUsers"] = trained.HeldOutUsers,
            ["epochs"] = trained.Epochs,
            ["exportDifference"] = difference,
            ["items"] = data.Items.Items.Count,
            ["interestTightness"] = data.Table.Tightness(data.Items),
        };
        var card = training.Source.Card with
        {
            ModelId = options.ModelId ?? NewModelId(),
            CreatedAt = time.GetUtcNow(),
            Options = Describe(trained.Network.Shape.Options, data.Items),
            TrainedUsers = training.Users.Length,
            TrainedEvents = data.Histories.Events,
            FirstPeriod = data.Histories.FirstPeriod,
            LastPeriod = data.Histories.LastPeriod,
            Seed = options.Seed,
            Metrics = metrics,
            Libraries = Libraries(),
        };
        var folder = Path.Combine(database.Folder, "training", card.ModelId);
        try
        {
            Remove(folder);
            ModelBundle.Write(folder, card, data.Interests, encoder, SmenExport.Head(trained.Network));
            database.RegisterModel(folder);
        }
        finally
        {
            Remove(folder);
        }

        return card;
    }

    private torch.Device Device()
    {
        if (!options.Cuda)
        {
            return torch.CPU;
        }

        return TorchProbe.HasCuda()
            ? torch.CUDA
            : throw new TrainingException(TrainingFault.Unavailable, "found no CUDA device that this libtorch can use; expected one because of --device cuda. Build with a CUDA libtorch package, or leave the option out.");
    }

    /// <summary>Of all that the network sees. Titles and vectors of items reach it only through the interests they lead to, and an import of items is no event.</summary>
    private string Fingerprint(LurmDatabase database, FitData data)
    {
        var interests = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(data.Table.Assigned.AsSpan())));
        var text = JsonSerializer.Serialize(options with { Restart = false, ModelId = null }) + FormattableString.Invariant($"|{database.LastHistoryVersion}|{data.Histories.Count}|{data.Histories.Events}|{interests}|{typeof(FitRun).Assembly.GetName().Version}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private string NewModelId() => time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + FormattableString.Invariant($"-s{(ulong)options.Seed % 100_000}");

    private static Dictionary<string, string> Describe(SmenOptions smen, ItemVectors items) => new()
    {
        ["itemVectors"] = items.AreSupplied ? "supplied" : "co-occurrence",
        ["anchor"] = smen.Anchor.ToString(),
        ["time"] = smen.Time.ToString(),
        ["aggregation"] = smen.Aggregation.ToString(),
        ["geometryWeight"] = smen.GeometryWeight.ToString(CultureInfo.InvariantCulture),
        ["contrastWeight"] = smen.ContrastWeight.ToString(CultureInfo.InvariantCulture),
        ["recentShare"] = smen.RecentShare.ToString(CultureInfo.InvariantCulture),
        ["trainedShare"] = (smen.TrainedShare ?? 1).ToString(CultureInfo.InvariantCulture),
    };

    private static Dictionary<string, string> Libraries() => new()
    {
        ["lurm"] = typeof(FitRun).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        ["TorchSharp"] = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        ["libtorch"] = torch.__version__,
        ["ONNX Runtime"] = OrtEnv.Instance().GetVersionString(),
        [".NET"] = Environment.Version.ToString(),
    };

    private static List<(string Item, IReadOnlyList<string> Nearest)> Diagnose(ItemVectors items)
    {
        const int Popular = 10, Neighbours = 3;
        return [.. Enumerable.Range(0, items.Items.Count).OrderByDescending(item => items.Users[item]).ThenBy(item => item).Take(Popular)
            .Select(item => (Name(item), (IReadOnlyList<string>)[.. items.Nearest(item, Neighbours).Select(Name)]))];

        string Name(int item) => items.Items[item].Title ?? items.Items[item].Id;
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Resumed(int passes) => passes == 0 ? string.Empty : FormattableString.Invariant($", {passes} of them before it was interrupted");

    private void ReportStep(SmenProgress step) => Progress?.Report(new FitProgress(
        string.Create(
            CultureInfo.InvariantCulture,
            $"pass {step.Epoch} of at most {step.Epochs}, step {step.Step} of {step.Steps}: loss {step.Loss:F4}{(step.HeldOutLoss is { } held ? $", held out {held:F4}" : string.Empty)}, at most {step.TimeLeft:m\\:ss} left"),
        IsMilestone: false));

    private void Milestone(FormattableString text) => Milestone(FormattableString.Invariant(text));

    private void Milestone(string text) => Progress?.Report(new FitProgress(string.Create(CultureInfo.InvariantCulture, $"[{_clock.Elapsed.TotalSeconds,6:F1} s] {text}"), IsMilestone: true));

    private sealed class Relay<T>(Action<T> receive) : IProgress<T>
    {
        public void Report(T value) => receive(value);
    }
}
