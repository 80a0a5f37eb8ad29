namespace Lurm.Store;

/// <summary>What an erasure did: a certificate once it is finished. It holds counts, never ids.</summary>
/// <param name="ErasureId">Its number in this database.</param>
/// <param name="IsFinished">Whether the last trace is gone from every file of the database; until then it is pending, and finished later.</param>
/// <param name="RequestedAt">When it was asked for; from then on the users are in no answer.</param>
/// <param name="FinishedAt">When it was finished.</param>
/// <param name="Users">Users found and erased.</param>
/// <param name="UnknownIds">Ids asked for that nobody had.</param>
/// <param name="Events">Events erased.</param>
/// <param name="HistoryRows">Rows of histories erased.</param>
/// <param name="AttributeRows">Attribute values erased.</param>
/// <param name="Representations">Vectors erased, over all generations.</param>
/// <param name="MayReturn">Whether the ids may come back in a later batch.</param>
/// <param name="WaitsFor">What a pending erasure waits for.</param>
public sealed record EraseReport(
    long ErasureId,
    bool IsFinished,
    DateTimeOffset RequestedAt,
    DateTimeOffset? FinishedAt,
    long Users,
    long UnknownIds,
    long Events,
    long HistoryRows,
    long AttributeRows,
    long Representations,
    bool MayReturn,
    string? WaitsFor);
