namespace Lurm.Training.Evaluation.Probes;

/// <summary>What the penalty of a probe is chosen by, inside the training part.</summary>
internal enum PenaltyCriterion
{
    /// <summary>How well one class ranks: for measures of one class at a time.</summary>
    Auc,

    /// <summary>How true the probabilities are: for measures that compare the scores of several classes.</summary>
    LogLoss,
}
