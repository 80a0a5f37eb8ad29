using Lurm.Store.Histories;

namespace Lurm.Store.Encoders;

/// <summary>What a model is: its shapes, inputs, data and measurements. Stored as <c>card.json</c> in its bundle.</summary>
public sealed record ModelCard
{
    /// <summary>Format of the bundle; this code reads and writes 1.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Its id: letters, digits, '-' and '_'; the folder's name under <c>models/</c>.</summary>
    public required string ModelId { get; init; }

    /// <summary>When training ended.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many anchors a representation has.</summary>
    public required int Anchors { get; init; }

    /// <summary>Components of one anchor.</summary>
    public required int AnchorDimensions { get; init; }

    /// <summary>Components of a representation.</summary>
    public int Dimensions => Anchors * AnchorDimensions;

    /// <summary>How many interests the model knows; keys are 0 to this minus 1.</summary>
    public required int Interests { get; init; }

    /// <summary>The grain of the database it was trained on; only such databases take it.</summary>
    public required PeriodGrain Grain { get; init; }

    /// <summary>The encoder's inputs.</summary>
    public required IReadOnlyList<BagInput> Bags { get; init; }

    /// <summary>Weight of each kind of behaviour, by name, when bags are derived; a kind that is not listed weighs 1.</summary>
    public IReadOnlyDictionary<string, double> KindWeights { get; init; } = new Dictionary<string, double>();

    /// <summary>The modules' options, in words, as <c>fit</c> was told or chose.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Users it was trained on.</summary>
    public long TrainedUsers { get; init; }

    /// <summary>Events it was trained on.</summary>
    public long TrainedEvents { get; init; }

    /// <summary>First and last period of the training data.</summary>
    public int FirstPeriod { get; init; }

    /// <summary>Last period of the training data.</summary>
    public int LastPeriod { get; init; }

    /// <summary>The seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>What <c>fit</c> measured, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Versions of the libraries that trained it.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; init; } = new Dictionary<string, string>();
}
