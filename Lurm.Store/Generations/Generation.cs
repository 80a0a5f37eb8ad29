namespace Lurm.Store.Generations;

/// <summary>A row of the table <c>generations</c> with its model.</summary>
internal sealed record Generation
{
    public required long Number { get; init; }

    public required long ModelKey { get; init; }

    public required string ModelId { get; init; }

    public required GenerationState State { get; init; }

    /// <summary>Every user changed up to this number of <c>users.history_version</c> is in it.</summary>
    public required long HistoryVersion { get; init; }

    /// <summary>While building: users up to this key are written.</summary>
    public required long Cursor { get; init; }

    public required long ZeroUsers { get; init; }

    /// <summary>Changes up to this number are in the snapshot.</summary>
    public required long Watermark { get; init; }

    public required string? Snapshot { get; init; }

    public required DateTimeOffset? PublishedAt { get; init; }
}
