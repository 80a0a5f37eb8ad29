using Lurm.Training.Evaluation.Data;
using Lurm.Training.Evaluation.Reports;

namespace Lurm.Training.Evaluation;

internal sealed partial class Evaluator
{
    /// <summary>Variants of the encoder, each fitted on the past and measured like the default.</summary>
    private static void Ablations(EvaluationReport report, UserHistories everybody, UserHistories users, int split)
    {
        _ = (report, everybody, users, split);
    }
}
