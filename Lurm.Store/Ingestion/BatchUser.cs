namespace Lurm.Store.Ingestion;

/// <summary>A user of a batch.</summary>
internal struct BatchUser
{
    /// <summary>The user's key, or a provisional one in order of first appearance.</summary>
    public long Key;

    /// <summary>Unix seconds of the earliest event in the batch.</summary>
    public long FirstSeen;

    /// <summary>Unix seconds of the latest event in the batch.</summary>
    public long LastSeen;

    /// <summary>Events in the batch.</summary>
    public int Events;
}
