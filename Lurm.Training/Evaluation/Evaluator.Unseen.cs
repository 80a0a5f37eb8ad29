using Lurm.Training.Evaluation.Data;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Reports;
using Lurm.Training.Evaluation.Tasks;
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
        var heldOut = users.Rows([.. Enumerable.Range(0, users.Count).Where(row => isHeldOut[everybody.RowOf(users.Keys[row])])]);
        if (training.Count == 0 || heldOut.Count < LabelTask.FewestOfClass)
        {
            report.Remarks.Add("Users not seen in training were not measured: a fifth of the users is too few.");
            return;
        }

        _progress?.Report("fitting without a fifth of the users");
        var partial = _fitter!.Fit(training, EncoderVariant.Default);
        var bags = Bags.Build(heldOut, model.InterestOfItem, model.Interests, model.KindWeights, model.Idf).Features;
        Representation[] both =
        [
            new(Seen, model.Encode!(heldOut, _cancellationToken)),
            new(Unseen, partial.Encode!(heldOut, _cancellationToken)),
        ];
        var rows = new List<ReportRow>();
        foreach (var (name, values) in LabelSource.Read(_database, heldOut, _options))
        {
            _progress?.Report($"label {name}, users not seen in training");
            AddOver(rows, LabelTask.Measure(name, values, both, _options.Seed, _cancellationToken));
        }

        AddOver(rows, NeighbourOverlapTask.Measure(bags, both, _options.Queries, _options.Seed, _cancellationToken));
        report.Sections.Add(new ReportSection(
            "Users not seen in training",
            $"The same {heldOut.Count} users, encoded by the model that saw everybody and by one fitted without them.",
            rows));

        void AddOver(List<ReportRow> into, TaskResult? task)
        {
            if (task is not null)
            {
                into.Add(ReportRows.Make(task, [Seen], _options.BootstrapSamples, _options.Seed, _cancellationToken));
            }
        }
    }
}
