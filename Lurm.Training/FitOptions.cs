using Lurm.Training.Smen;

namespace Lurm.Training;

/// <summary>What <c>lurm-train fit</c> is told.</summary>
internal sealed record FitOptions
{
    /// <summary>Interests, 1 to 100,000; none: one per item up to 32,768 items, else 16 times the root of the items.</summary>
    public int? Interests { get; init; }

    /// <summary>Components of a learned item vector, 2 to 1024. Default 64.</summary>
    public int ItemDimensions { get; init; } = 64;

    /// <summary>Shift of the items' PPMI: ln of it is taken off. Default 1, none.</summary>
    public double ItemShift { get; init; } = 1;

    /// <summary>The most users that are read; beyond, a seeded sample of them. Default one million.</summary>
    public int MaxUsers { get; init; } = 1_000_000;

    /// <summary>Weight of each kind of behaviour; a kind that is not listed weighs what its name suggests, else 1.</summary>
    public IReadOnlyDictionary<string, double> KindWeights { get; init; } = new Dictionary<string, double>();

    /// <summary>The network and its training.</summary>
    public SmenOptions Smen { get; init; } = new();

    /// <summary>The seed of everything random.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads of tensor operations. Results are the same bits for the same number.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, 16);

    /// <summary>Whether tensors go to a CUDA device.</summary>
    public bool Cuda { get; init; }

    /// <summary>Whether an unfinished run's checkpoint is left aside.</summary>
    public bool Restart { get; init; }

    /// <summary>The model's id; none: made from the time and the seed.</summary>
    public string? ModelId { get; init; }

    /// <summary>Throws where a value is out of its bounds.</summary>
    /// <exception cref="TrainingException">Names the value.</exception>
    public void Validate()
    {
        Check(Interests is null or >= 1 and <= 100_000, $"interests is {Interests}; expected 1 to 100000");
        Check(ItemDimensions is >= 2 and <= 1024, $"itemDimensions is {ItemDimensions}; expected 2 to 1024");
        Check(ItemShift is >= 1 and <= 100, $"itemShift is {ItemShift}; expected 1 to 100");
        Check(MaxUsers >= 2, $"maxUsers is {MaxUsers}; expected at least 2");
        Check(Threads is >= 1 and <= 1024, $"threads is {Threads}; expected 1 to 1024");
        Check(KindWeights.Values.All(weight => double.IsFinite(weight) && weight >= 0), "a kind's weight is negative or not a number; expected 0 or larger");
        Smen.Validate();

        static void Check(bool holds, string message)
        {
            if (!holds)
            {
                throw new TrainingException(TrainingFault.Invalid, message);
            }
        }
    }
}
