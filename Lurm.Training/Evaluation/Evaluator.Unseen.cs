using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Reports;
using Lurm.Training.Evaluation.Tasks;
using Lurm.Training.Histories;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation;

internal sealed partial class Evaluator
{
    private const string Seen = "seen in training";
    internal const string Unseen = "not seen in training";

    /// <summary>A fifth of the users, encoded by a model that saw them and by one that did not: the same users, the same questions.</summary>
    private void UnseenUsers(EvaluationReport report, UserHistories everybody, UserHistories users, EvaluatedModel model)
    {
        var random = new SampleRandom(_options.Seed, 73);
        var isHeldOut = Array.ConvertAll(new bool[everybody.Count], _ => random.Next(5) == 0);
        var training = everybody.Rows([.. Enumerable.Range(0, everybody.Count).Where(row => !isHeldOut[row])]);
        var unseen = users.Rows([.. Enumerable.Range(0, users.Count).Where(row => isHeldOut[everybody.RowOf(users.Keys[row])])]);
        if (training.Count == 0 || unseen.Count < LabelTask.FewestOfClass)
        {
            report.Remarks.Add("Users not seen in training were not measured: a fifth of the users is too few.");
            return;
        }

        _progress?.Report("fitting without a fifth of the users");
        var partial = _fitter!.Fit(training, EncoderVariant.Default, unseen);
        var seen = new Representation(Seen, model.Encode!(users, _cancellationToken));
        var notSeen = new Representation(Unseen, partial.Encode!(users, _cancellationToken));
        var isScored = new bool[users.Count];
        for (var row = 0; row < users.Count; row++)
        {
            isScored[row] = unseen.RowOf(users.Keys[row]) >= 0;
        }

        var tasks = new List<TaskResult?>();
        foreach (var (name, values) in LabelSource.Read(_database, users, _options))
        {
            _progress?.Report($"label {name}, users not seen in training");
            tasks.Add(LabelTask.MeasureHeldOut(name, values, isScored, [seen, notSeen], _options.Seed, _cancellationToken));
        }

        // Each model is held to bags of its own interests: the question is what its encoder loses, not how its clusters fell.
        var bags = BagsOf(users, model);
        tasks.Add(NeighbourOverlapTask.Measure(
            [(bags, seen), (BagsOf(users, partial), notSeen)],
            NeighbourOverlapTask.Choose(bags, row => isScored[row], _options.Queries, _options.Seed),
            _cancellationToken));
        report.Sections.Add(new ReportSection(
            "Users not seen in training",
            $"The same {unseen.Count} users, encoded by the model that saw everybody and by one fitted without them; probes learn from the other users.",
            [.. tasks.OfType<TaskResult>().Select(task => ReportRows.Make(task, [Seen], _options.BootstrapSamples, _options.Seed, _cancellationToken))]));
    }

    private static SparseFeatures BagsOf(UserHistories users, EvaluatedModel model) =>
        Bags.Build(users, model.InterestOfItem, model.Interests, model.KindWeights, model.Idf).Features;
}
