namespace Lurm.Store;

/// <summary>What adopting a generation file did.</summary>
public sealed class AdoptReport
{
    internal AdoptReport(string modelId, long generation, long users, long dropped)
    {
        ModelId = modelId;
        Generation = generation;
        Users = users;
        Dropped = dropped;
    }

    /// <summary>The file's model, active now.</summary>
    public string ModelId { get; }

    /// <summary>The generation that is published now.</summary>
    public long Generation { get; }

    /// <summary>Users taken over.</summary>
    public long Users { get; }

    /// <summary>Users of the file who are not here: erased since, or never of this database.</summary>
    public long Dropped { get; }
}
