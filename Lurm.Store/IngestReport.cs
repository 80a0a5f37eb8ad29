namespace Lurm.Store;

/// <summary>What a batch brought.</summary>
public sealed class IngestReport
{
    /// <summary>The batch's id.</summary>
    public required string BatchId { get; init; }

    /// <summary>True where this batch had been taken in before: nothing was added, and the numbers are those of the first time.</summary>
    public bool AlreadyIngested { get; init; }

    /// <summary>Rows read, without the header.</summary>
    public long Rows { get; init; }

    /// <summary>Events now in the histories.</summary>
    public long Events { get; init; }

    /// <summary>Rows left out by each rule, in the rules' order.</summary>
    public IReadOnlyList<RuleCount> LeftOut { get; init; } = [];

    /// <summary>Rows without a usable user, item or time, skipped because <see cref="IngestOptions.OnError"/> said so.</summary>
    public long ErrorRows { get; init; }

    /// <summary>The first hundred of them, each with file, line, column, found and expected.</summary>
    public IReadOnlyList<string> FirstErrors { get; init; } = [];

    /// <summary>Users seen for the first time.</summary>
    public long NewUsers { get; init; }

    /// <summary>Items seen for the first time.</summary>
    public long NewItems { get; init; }

    /// <summary>Events dropped because their user was erased and must not return.</summary>
    public long Suppressed { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
}
