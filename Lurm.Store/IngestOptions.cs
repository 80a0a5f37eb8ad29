namespace Lurm.Store;

/// <summary>How a batch of files is taken in.</summary>
public sealed record IngestOptions
{
    /// <summary>What a bad row does. Default: the whole batch is refused.</summary>
    public RowErrorAction OnError { get; init; } = RowErrorAction.Stop;

    /// <summary>The batch's id, under which it is taken in once. Default: SHA-256 of the files' bytes and the mapping.</summary>
    public string? BatchId { get; init; }
}
