using Lurm.Training.Evaluation.Reports;
using Lurm.Training.Evaluation.Tasks;
using Lurm.Training.Histories;

namespace Lurm.Training.Evaluation;

internal sealed partial class Evaluator
{
    /// <summary>Variants of the encoder, each fitted on the past and asked what the default is asked; labels too, of the past's features.</summary>
    private void Ablations(EvaluationReport report, UserHistories everybody, UserHistories users, int split)
    {
        var past = users.Between(int.MinValue, split);
        var training = everybody.Between(int.MinValue, split);
        var variants = new List<Representation>();
        EvaluatedModel? first = null;
        foreach (var variant in EncoderVariant.Ablations)
        {
            _progress?.Report($"ablation: {variant.Name}");
            EvaluatedModel model;
            try
            {
                model = _fitter!.Fit(training, variant);
            }
            catch (TrainingException refused) when (refused.Fault == TrainingFault.Invalid && first is not null)
            {
                report.Remarks.Add($"'{variant.Name}' is not in the ablations: {refused.Message}");
                continue;
            }

            first ??= model;
            variants.Add(new Representation(variant.Name, model.Encode!(past, _cancellationToken)));
        }

        // Interests do not depend on the encoder, so every variant faces the same bags and targets.
        var bags = BagsOf(past, first!);
        var tasks = new List<TaskResult?>();
        foreach (var (name, values) in LabelSource.Read(_database, past, _options))
        {
            _progress?.Report($"ablation: label {name}");
            tasks.Add(LabelTask.Measure(name, values, variants, _options.Seed, _cancellationToken));
        }

        tasks.AddRange(NextPeriodTaskResults(users, past, split, first!, variants));
        if (MeasureLookalike(users, past, split, first!, variants, bags, out _) is { } outcome)
        {
            tasks.AddRange(outcome.Tasks.Where(task => task.Measure is "AUC" or "lift at 1 %" or "lift at 5 %"));
        }

        tasks.Add(NeighbourOverlapTask.Measure(bags, variants, _options.Queries, _options.Seed, _cancellationToken));
        var rows = tasks.OfType<TaskResult>().Select(task => ReportRows.Make(task, [EncoderVariant.Default.Name], _options.BootstrapSamples, _options.Seed, _cancellationToken)).ToArray();
        report.Sections.Add(new ReportSection(
            "Ablations",
            "Variants of the encoder, all fitted on the past, of the same size; labels are predicted from the past too. + and − mark what differs from the default beyond its 95 % interval, paired.",
            rows));
    }
}
