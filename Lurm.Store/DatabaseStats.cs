namespace Lurm.Store;

/// <summary>How large a database is and what waits in it.</summary>
public sealed class DatabaseStats
{
    /// <summary>Users, with or without events.</summary>
    public long Users { get; internal set; }

    /// <summary>Items of the catalogue.</summary>
    public long Items { get; internal set; }

    /// <summary>Events in all histories.</summary>
    public long Events { get; internal set; }

    /// <summary>Pairs of a user and a period with at least one event.</summary>
    public long Periods { get; internal set; }

    /// <summary>Users in the published generation; 0 where there is none.</summary>
    public long Representations { get; internal set; }

    /// <summary>The active model; none before the first embedding.</summary>
    public string? ModelId { get; internal set; }

    /// <summary>The last embedding of the published generation: when it ended, and where its encoder ran.</summary>
    public EmbeddingRun? LastEmbedding { get; internal set; }

    /// <summary>Bytes of every file in the folder.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Bytes of the history blobs alone.</summary>
    public long HistoryBytes { get; internal set; }

    /// <summary>Items that the active model gives no interest: unknown to it, and without text or vector to guess from.</summary>
    public long ItemsWithoutInterest { get; internal set; }

    /// <summary>Batches taken in.</summary>
    public long Batches { get; internal set; }

    /// <summary>Batches whose last chunk is not applied yet; opening the database finishes them.</summary>
    public long UnfinishedBatches { get; internal set; }

    /// <summary>Erasures whose last trace is not gone yet.</summary>
    public long PendingErasures { get; internal set; }

    /// <summary>The earliest event.</summary>
    public DateTimeOffset? FirstEvent { get; internal set; }

    /// <summary>The latest event.</summary>
    public DateTimeOffset? LastEvent { get; internal set; }
}
