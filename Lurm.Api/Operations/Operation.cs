using Lurm.Store;

namespace Lurm.Api.Operations;

/// <summary>A heavy request that goes on after its answer, or whose answer is fetched in pages.</summary>
internal sealed class Operation(string id, string kind, string owner, DateTimeOffset createdAt) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _gate = new();
    private Counted? _counted;

    public string Id { get; } = id;

    public string Kind { get; } = kind;

    /// <summary>The caller that started it; nobody else but an admin sees it.</summary>
    public string Owner { get; } = owner;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset? FinishedAt { get; private set; }

    public OperationState State { get; private set; }

    /// <summary>Why it failed, as the caller may read it.</summary>
    public Problem? Problem { get; private set; }

    public LookalikeResult? Result { get; private set; }

    public CancellationToken Cancelled => _cancel.Token;

    public void Cancel() => _cancel.Cancel();

    /// <param name="result">What was found.</param>
    /// <param name="erasures">The number of the last erasure before it was looked for.</param>
    /// <param name="at">When it ended.</param>
    public void Succeed(LookalikeResult result, long erasures, DateTimeOffset at) => End(OperationState.Succeeded, at, () =>
    {
        Result = result;
        _counted = new Counted(erasures, result.Members.Count);
    });

    /// <summary>How many members of the result are still users. Costs one small read, and one a member after an erasure.</summary>
    public int CountMembers(LurmDatabase lurm)
    {
        var erasures = lurm.GetUserMoment().Erasures;
        var counted = Volatile.Read(ref _counted);
        if (counted?.Erasures == erasures)
        {
            return counted.Members;
        }

        counted = new Counted(erasures, Result?.Members.Count(member => lurm.TryGetUserKey(member.Id, out _)) ?? 0);
        Volatile.Write(ref _counted, counted);
        return counted.Members;
    }

    public void Fail(Problem problem, DateTimeOffset at) => End(OperationState.Failed, at, () => Problem = problem);

    public void Stop(DateTimeOffset at) => End(OperationState.Cancelled, at, () => { });

    public void Dispose() => _cancel.Dispose();

    private void End(OperationState state, DateTimeOffset at, Action set)
    {
        lock (_gate)
        {
            set();
            FinishedAt = at;
            State = state;
        }
    }

    /// <summary>Members that were users at the time of an erasure, the last of them.</summary>
    private sealed record Counted(long Erasures, int Members);
}
