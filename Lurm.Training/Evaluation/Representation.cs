using Lurm.Training.Evaluation.Features;

namespace Lurm.Training.Evaluation;

/// <summary>One way to describe users by features; what the tables compare.</summary>
/// <param name="Name">As the tables have it.</param>
/// <param name="Features">A row per user.</param>
internal sealed record Representation(string Name, FeatureMatrix Features)
{
    public const string SparseBag = "sparse bag";
    public const string ItemTfIdf = "item TF-IDF";
    public const string TruncatedSvd = "truncated SVD";
    public const string MeanItemVector = "mean item vector";
    public const string RandomProjection = "random projection";
    public const string Lurm = "LURM";
}
