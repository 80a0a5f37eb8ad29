namespace Lurm.Store;

/// <summary>A model that a database knows.</summary>
public sealed class ModelInfo
{
    internal ModelInfo(string id, ModelState state, DateTimeOffset registeredAt, long representations)
    {
        Id = id;
        State = state;
        RegisteredAt = registeredAt;
        Representations = representations;
    }

    /// <summary>Its id, as its card says.</summary>
    public string Id { get; }

    /// <summary>Where it stands.</summary>
    public ModelState State { get; }

    /// <summary>When it was registered.</summary>
    public DateTimeOffset RegisteredAt { get; }

    /// <summary>Users in its newest kept generation; 0 where it has none.</summary>
    public long Representations { get; }
}
