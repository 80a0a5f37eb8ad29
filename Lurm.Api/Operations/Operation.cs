using Lurm.Store;

namespace Lurm.Api.Operations;

/// <summary>A heavy request that goes on after its answer, or whose answer is fetched in pages.</summary>
internal sealed class Operation(string id, string kind, string owner, DateTimeOffset createdAt) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _gate = new();

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

    public void Succeed(LookalikeResult result, DateTimeOffset at) => End(OperationState.Succeeded, at, () => Result = result);

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
}
