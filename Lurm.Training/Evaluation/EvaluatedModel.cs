using Lurm.Store;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Histories;

namespace Lurm.Training.Evaluation;

/// <summary>A model as the evaluation sees it: how items map to interests, and how histories become representations.</summary>
internal sealed class EvaluatedModel
{
    /// <summary>As the report names it.</summary>
    public required string Id { get; init; }

    /// <summary>Its shape in words.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>By item key; −1 is none.</summary>
    public required int[] InterestOfItem { get; init; }

    /// <summary>A readable name of each interest.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Idf of each interest; none: counted from the users at hand.</summary>
    public float[]? Idf { get; init; }

    /// <summary>By kind key.</summary>
    public double[] KindWeights { get; init; } = [];

    /// <summary>Components of a representation, and of the dense baselines beside it.</summary>
    public int Dimensions { get; init; } = 128;

    /// <summary>Anchors of a representation.</summary>
    public int Anchors { get; init; } = 8;

    /// <summary>Vectors of the interests, row-major; empty where the model has none.</summary>
    public float[] Centroids { get; init; } = [];

    /// <summary>Gives each user a unit row; none: there is no encoder, only baselines are measured.</summary>
    public Func<UserHistories, CancellationToken, DenseFeatures>? Encode { get; init; }

    /// <summary>Interests of the model.</summary>
    public int Interests => Labels.Count;

    /// <summary>No model: every item is an interest of its own.</summary>
    public static EvaluatedModel Identity(IReadOnlyList<ItemRecord> items)
    {
        var map = new int[items.Count == 0 ? 0 : items.Max(item => item.Key) + 1];
        Array.Fill(map, -1);
        var labels = new string[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            map[items[i].Key] = i;
            labels[i] = items[i].Title ?? items[i].Id;
        }

        return new EvaluatedModel { Id = "none", InterestOfItem = map, Labels = labels };
    }
}
