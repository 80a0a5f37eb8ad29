namespace Lurm.Training.Evaluation;

/// <summary>What <c>lurm-train evaluate</c> measures and how thoroughly.</summary>
internal sealed record EvaluationOptions
{
    /// <summary>A file of labels; the database's attributes are asked for as well.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>The user's column of that file; none: the first.</summary>
    public string? LabelUserColumn { get; init; }

    /// <summary>Labels to predict; empty: every column and attribute that has classes of enough users.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Users that take part, drawn by seed where there are more; models are still fitted on everybody.</summary>
    public int Users { get; init; } = 20_000;

    /// <summary>Lookalike targets to report; as many others choose the scorer.</summary>
    public int Targets { get; init; } = 50;

    /// <summary>Users whose neighbours are compared.</summary>
    public int Queries { get; init; } = 1_000;

    /// <summary>Bootstrap samples behind every interval.</summary>
    public int BootstrapSamples { get; init; } = 1_000;

    /// <summary>Seed of folds, samples, targets and baselines.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Whether to fit and measure the variants of the encoder; each costs a fit.</summary>
    public bool Ablations { get; init; }

    /// <summary>Users on the picture of the user space.</summary>
    public int MapUsers { get; init; } = 1_000;

    /// <summary>Users whose histories are drawn.</summary>
    public int Pictures { get; init; } = 4;

    /// <summary>Throws where a value is out of its bounds.</summary>
    public void Validate()
    {
        Check(Users, 10, 1_000_000, "--users");
        Check(Targets, 1, 1_000, "--targets");
        Check(Queries, 1, 1_000_000, "--queries");
        Check(BootstrapSamples, 100, 100_000, "--bootstrap");
    }

    private static void Check(int value, int lowest, int highest, string option)
    {
        if (value < lowest || value > highest)
        {
            throw new ArgumentException($"{option} is {value}; expected {lowest} to {highest}");
        }
    }
}
