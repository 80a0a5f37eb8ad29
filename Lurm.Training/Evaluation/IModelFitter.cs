using Lurm.Training.Histories;

namespace Lurm.Training.Evaluation;

/// <summary>Fits models on a part of the data, such as the past or four fifths of the users.</summary>
internal interface IModelFitter
{
    /// <summary>A model that has learned from these histories and from nothing else.</summary>
    /// <param name="training">What it learns from, and whom it can encode.</param>
    /// <param name="variant">How the encoder is built.</param>
    /// <param name="unseen">Users who come after the fit, whom it shall encode too.</param>
    EvaluatedModel Fit(UserHistories training, EncoderVariant variant, UserHistories? unseen = null);
}
