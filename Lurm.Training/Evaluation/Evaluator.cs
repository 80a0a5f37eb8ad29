using System.Diagnostics;
using System.Globalization;
using Lurm.Store;
using Lurm.Store.Histories;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Reports;
using Lurm.Training.Evaluation.Tasks;
using Lurm.Training.Histories;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation;

/// <summary>Measures what a database's representations keep and what they are good for; see <see cref="Run"/>.</summary>
internal sealed partial class Evaluator
{
    // Fewer targets say nothing about the next one.
    private const int FewestTargets = 5;

    private static readonly string[] Over = [Representation.SparseBag, Representation.TruncatedSvd];

    private readonly LurmDatabase _database;
    private readonly EvaluationOptions _options;
    private readonly IModelFitter? _fitter;
    private readonly IProgress<string>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly IReadOnlyList<ItemRecord> _items;

    /// <param name="database">Whose users are evaluated.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="fitter">Fits models on a part of the data; without one only what needs no fit is measured.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellationToken">Checked often.</param>
    public Evaluator(LurmDatabase database, EvaluationOptions options, IModelFitter? fitter, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        _database = database;
        _options = options;
        _fitter = fitter;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _items = database.ReadItems(cancellationToken);
    }

    /// <summary>Measures everything that the data allows.</summary>
    /// <param name="registered">The model that serves; none: every item is an interest, and only baselines are measured.</param>
    /// <exception cref="TrainingException">There is nothing to measure, or a label is nowhere.</exception>
    public EvaluationReport Run(EvaluatedModel? registered)
    {
        var watch = Stopwatch.StartNew();
        var model = registered ?? EvaluatedModel.Identity(_items);
        _progress?.Report("reading histories");
        var everybody = UserHistories.Read(_database, _cancellationToken);
        if (everybody.Count == 0)
        {
            throw new TrainingException(TrainingFault.Invalid, $"'{_database.Folder}' has no events; expected users with histories. Take some in with 'lurm ingest'.");
        }

        var users = Sample(everybody);
        var report = new EvaluationReport
        {
            Database = Path.GetFileName(Path.TrimEndingDirectorySeparator(_database.Folder)),
            MeasuredAt = TimeProvider.System.GetUtcNow(),
            Seed = _options.Seed,
            BootstrapSamples = _options.BootstrapSamples,
        };
        AddFacts(report, everybody, users, model);
        WholeLives(report, users, model);
        Future(report, everybody, users, registered is null);
        if (_fitter is not null && registered is not null)
        {
            UnseenUsers(report, everybody, users, model);
        }

        report.Facts.Add(new ReportFact("time", Invariant($"{watch.Elapsed.TotalSeconds:F0} s")));
        return report;
    }

    /// <summary>Labels and neighbours, on all of every history.</summary>
    private void WholeLives(EvaluationReport report, UserHistories users, EvaluatedModel model)
    {
        _progress?.Report("representations of whole histories");
        var set = RepresentationSet.Build(users, model, _items, _options.Seed, _cancellationToken);
        var labels = LabelSource.Read(_database, users, _options);
        var rows = new List<ReportRow>();
        foreach (var (name, values) in labels)
        {
            _progress?.Report($"label {name}");
            Add(rows, LabelTask.Measure(name, values, set.All, _options.Seed, _cancellationToken));
        }

        _progress?.Report("neighbours");
        Add(rows, NeighbourOverlapTask.Measure(set.Bags, set.All, _options.Queries, _options.Seed, _cancellationToken));
        report.Sections.Add(new ReportSection(
            "Whole histories",
            "Label prediction by a logistic probe on frozen features, 5-fold; and how many of the ten nearest by exact bag cosine a representation finds.",
            rows));
        DrawUsers(report, users, model, set, labels);
    }

    /// <summary>What comes next, and lookalike: everything fitted on the past, asked about the future.</summary>
    private void Future(EvaluationReport report, UserHistories everybody, UserHistories users, bool isBaselineOnly)
    {
        if (TemporalSplit.Find(everybody) is not { } split)
        {
            report.Remarks.Add("All events lie in one period, so nothing about the future could be asked.");
            return;
        }

        if (_fitter is null && !isBaselineOnly)
        {
            report.Remarks.Add("What comes next was not measured: it needs a model that has not seen the future.");
            return;
        }

        report.Facts.Add(new ReportFact("past", $"before {PeriodName(split)}, the boundary nearest to 80 % of the events"));
        _progress?.Report("fitting on the past");
        var past = users.Between(int.MinValue, split);
        var model = isBaselineOnly ? EvaluatedModel.Identity(_items) : _fitter!.Fit(everybody.Between(int.MinValue, split), EncoderVariant.Default);
        _progress?.Report("representations of the past");
        var set = RepresentationSet.Build(past, model, _items, _options.Seed, _cancellationToken);
        var rows = new List<ReportRow>();
        foreach (var task in NextPeriodTaskResults(users, past, split, model, set.All))
        {
            Add(rows, task);
        }

        report.Sections.Add(new ReportSection(
            "What comes next",
            "Models and features are fitted on the past. Returning is asked of everybody with a past; the interests, the most frequent ones, of those who return.",
            rows));
        Lookalike(report, users, past, split, model, set);
        if (_options.Ablations && !isBaselineOnly)
        {
            Ablations(report, everybody, users, split);
        }
    }

    private IReadOnlyList<TaskResult?> NextPeriodTaskResults(UserHistories users, UserHistories past, int split, EvaluatedModel model, IReadOnlyList<Representation> representations)
    {
        _progress?.Report("what comes next");
        var next = users.Between(split, split + (_database.Grain == PeriodGrain.Month ? 1 : 30));
        var isActive = new bool[past.Count];
        var interests = Enumerable.Range(0, past.Count).Select(_ => new HashSet<int>()).ToArray();
        for (var i = 0; i < next.Count; i++)
        {
            var row = past.RowOf(next.Keys[i]);
            if (row < 0)
            {
                continue;
            }

            isActive[row] = true;
            foreach (ref readonly var entry in next[i])
            {
                if ((uint)entry.Item < (uint)model.InterestOfItem.Length && model.InterestOfItem[entry.Item] is >= 0 and var interest)
                {
                    interests[row].Add(interest);
                }
            }
        }

        return [NextPeriodTasks.Return(isActive, representations, _options.Seed, _cancellationToken), .. NextPeriodTasks.Interests(interests, representations, _options.Seed, _cancellationToken)];
    }

    private void Lookalike(
        EvaluationReport report, UserHistories users, UserHistories past, int split, EvaluatedModel model, RepresentationSet set)
    {
        var outcome = MeasureLookalike(users, past, split, model, set.All, set.Bags, out var what);
        if (outcome is null)
        {
            report.Remarks.Add("Lookalike was not measured: fewer than ten items, and fewer than ten interests, have 25 users who take them for the first time after the split.");
            return;
        }

        var rows = new List<ReportRow>();
        foreach (var task in outcome.Tasks)
        {
            Add(rows, task);
        }

        report.Sections.Add(new ReportSection(
            "Lookalike",
            $"{outcome.Targets} {what}: seeds are a fifth of those who take one for the first time after the split, candidates everybody else who had not taken it. "
            + "Each representation with the scorer that did best on other targets; the ensemble, which reads bags beside it, is not chosen for it.",
            rows));
        report.LookalikeScorers.AddRange(outcome.Rows);
        report.LookalikeMeasures.AddRange(outcome.Tasks.Select(task => task.Measure));
        report.LiftCurves = new LiftCurves(LookalikeTask.CurvePercents, outcome.Curves);
    }

    private LookalikeOutcome? MeasureLookalike(
        UserHistories users, UserHistories past, int split, EvaluatedModel model, IReadOnlyList<Representation> representations, SparseFeatures bags, out string what)
    {
        var future = users.Between(split, int.MaxValue);
        what = "items";
        var (validation, reported) = LookalikeTargets.Choose(past, future, Identity(), _options.Targets, _options.Seed);
        if (reported.Length < FewestTargets)
        {
            what = "interests";
            (validation, reported) = LookalikeTargets.Choose(past, future, model.InterestOfItem, _options.Targets, _options.Seed);
        }

        return reported.Length < FewestTargets ? null : LookalikeTask.Measure(validation, reported, representations, Features.Activity.Of(past, _database.Grain), bags, _options.Seed, _progress, _cancellationToken);

        int[] Identity() => [.. Enumerable.Range(0, _items.Count == 0 ? 0 : _items.Max(item => item.Key) + 1)];
    }

    private UserHistories Sample(UserHistories everybody)
    {
        if (everybody.Count <= _options.Users)
        {
            return everybody;
        }

        var random = new SampleRandom(_options.Seed, 71);
        var rows = Enumerable.Range(0, everybody.Count).ToArray();
        for (var i = 0; i < _options.Users; i++)
        {
            var other = i + random.Next(rows.Length - i);
            (rows[i], rows[other]) = (rows[other], rows[i]);
        }

        return everybody.Rows([.. rows[.._options.Users].Order()]);
    }

    private void DrawUsers(EvaluationReport report, UserHistories users, EvaluatedModel model, RepresentationSet set, IReadOnlyList<(string Name, string?[] Values)> labels)
    {
        _progress?.Report("pictures");
        report.Histories.AddRange(HistoryPictures.Choose(users, model, _database.Grain, IdOf, _options.Pictures, _options.Seed));
        if (set.All[^1] is not { Name: Representation.Lurm, Features: DenseFeatures features })
        {
            return;
        }

        var random = new SampleRandom(_options.Seed, 72);
        var rows = Enumerable.Range(0, users.Count).OrderBy(_ => random.NextBits()).Take(_options.MapUsers).Order().ToArray();
        var places = UserMapping.Place(features, rows, _options.Seed, _cancellationToken);
        var (colouring, groupOfRow) = labels.Count > 0 ? ($"label {labels[0].Name}", labels[0].Values) : ("strongest interest", StrongestInterest(set.Bags, model));
        var groups = rows.Where(row => !string.IsNullOrEmpty(groupOfRow[row]))
            .GroupBy(row => groupOfRow[row]!)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(8)
            .Select(group => group.Key)
            .ToArray();
        report.UserMap = new UserMap(
            "placed by t-SNE on LURM representations",
            colouring,
            groups,
            [.. rows.Select((row, i) => new MapPoint(places[i].X, places[i].Y, Array.IndexOf(groups, groupOfRow[row])))]);
    }

    private static string?[] StrongestInterest(SparseFeatures bags, EvaluatedModel model)
    {
        var labels = new string?[bags.Rows];
        for (var row = 0; row < bags.Rows; row++)
        {
            var best = -1;
            for (var k = 0; k < bags.ValuesOf(row).Length; k++)
            {
                best = best < 0 || bags.ValuesOf(row)[k] > bags.ValuesOf(row)[best] ? k : best;
            }

            labels[row] = best < 0 ? null : model.Labels[bags.ColumnsOf(row)[best]];
        }

        return labels;
    }

    private void AddFacts(EvaluationReport report, UserHistories everybody, UserHistories users, EvaluatedModel model)
    {
        var events = 0L;
        foreach (ref readonly var entry in everybody.Entries)
        {
            events += entry.Count;
        }

        report.Facts.Add(new ReportFact("users", users.Count == everybody.Count ? Invariant($"{users.Count:N0}") : Invariant($"{users.Count:N0} drawn from {everybody.Count:N0}")));
        report.Facts.Add(new ReportFact("events", Invariant($"{events:N0}")));
        report.Facts.Add(new ReportFact("items", Invariant($"{_items.Count:N0}")));
        report.Facts.Add(new ReportFact("interests", Invariant($"{model.Interests:N0}")));
        report.Facts.Add(new ReportFact("model", $"{model.Id} {model.Description}".TrimEnd()));
        report.Facts.Add(new ReportFact("components", Invariant($"{model.Dimensions}")));
        report.Facts.Add(new ReportFact("seed", Invariant($"{_options.Seed}")));
        report.Facts.Add(new ReportFact("measured at", Invariant($"{report.MeasuredAt:yyyy-MM-dd HH:mm} UTC")));
        report.Facts.Add(new ReportFact("version", typeof(Evaluator).Assembly.GetName().Version?.ToString(3) ?? "-"));
        report.Remarks.Add(
            Invariant($"Brackets hold 95 % of {_options.BootstrapSamples} bootstrap samples over the units named in the row; ratios are paired. ")
            + "The method is LURM-style: our own definition after the abstract of arXiv 2110.11337. No number here is that paper's.");
    }

    private void Add(List<ReportRow> rows, TaskResult? task)
    {
        if (task is not null)
        {
            rows.Add(ReportRows.Make(task, Over, _options.BootstrapSamples, _options.Seed, _cancellationToken));
        }
    }

    private string IdOf(long key)
    {
        var ids = new string?[1];
        _database.GetUserIds([key], ids);
        return ids[0] ?? Invariant($"{key}");
    }

    private string PeriodName(int period) => _database.Grain == PeriodGrain.Month
        ? Invariant($"{1970 + (period / 12)}-{(period % 12) + 1:D2}")
        : Invariant($"{DateTime.UnixEpoch.AddDays(period):yyyy-MM-dd}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
