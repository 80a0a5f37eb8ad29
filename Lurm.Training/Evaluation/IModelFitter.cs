using Lurm.Training.Evaluation.Data;

namespace Lurm.Training.Evaluation;

/// <summary>Fits models on a part of the data, such as the past or four fifths of the users.</summary>
internal interface IModelFitter
{
    /// <summary>A model that has seen these histories and nothing else.</summary>
    EvaluatedModel Fit(UserHistories histories, EncoderVariant variant);
}
