using System.Collections.Concurrent;
using Lurm.Api.Security;

namespace Lurm.Api.Operations;

/// <summary>The operations of this process: bounded in number, in members they hold and in age. A restart forgets them; audiences that must stay are saved.</summary>
internal sealed class OperationRegistry(TimeProvider time) : IDisposable
{
    private const int MaxOperations = 1_000;

    /// <summary>Members of all results together, some sixty bytes each: what pages are fetched from. The newest result stays, however large.</summary>
    private const long MaxMembers = 1_000_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly Lock _starting = new();
    private readonly ConcurrentDictionary<string, Operation> _operations = new(StringComparer.Ordinal);

    /// <summary>Makes a new one; ended ones that are too old or too many go first.</summary>
    /// <exception cref="ApiException">503: too many are running.</exception>
    public Operation Start(string kind, Caller caller)
    {
        // One at a time: of two callers each would make one place and see the other take it.
        lock (_starting)
        {
            Forget();
            if (_operations.Count >= MaxOperations)
            {
                throw new ApiException(StatusCodes.Status503ServiceUnavailable, "Busy", $"{MaxOperations} operations are running; come back in a moment.") { RetryAfterSeconds = 5 };
            }

            var operation = new Operation(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), kind, caller.Name, time.GetUtcNow());
            _operations[operation.Id] = operation;
            return operation;
        }
    }

    public void Remove(Operation operation)
    {
        if (_operations.TryRemove(operation.Id, out _))
        {
            operation.Cancel();
        }
    }

    /// <summary>Those that <paramref name="caller"/> may see, newest first.</summary>
    public IReadOnlyList<Operation> Visible(Caller caller) =>
        [.. _operations.Values.Where(operation => IsVisible(operation, caller)).OrderByDescending(operation => operation.Id, StringComparer.Ordinal)];

    public Operation Find(string id, Caller caller) =>
        _operations.TryGetValue(id, out var operation) && IsVisible(operation, caller)
            ? operation
            : throw ApiException.NotFound($"There is no operation '{id}'; operations are kept for an hour, as long as newer results leave room for their members, and not across a restart.");

    public void Dispose()
    {
        foreach (var operation in _operations.Values)
        {
            operation.Cancel();
            operation.Dispose();
        }
    }

    private static bool IsVisible(Operation operation, Caller caller) => operation.Owner == caller.Name || caller.Role == LurmRole.Admin;

    private void Forget()
    {
        var oldest = time.GetUtcNow() - MaxAge;
        long members = 0;
        var kept = 0;
        foreach (var operation in _operations.Values.OrderByDescending(operation => operation.Id, StringComparer.Ordinal))
        {
            members += operation.Result?.Members.Count ?? 0;
            kept++;
            if (operation.State != OperationState.Running && (operation.CreatedAt < oldest || kept >= MaxOperations || (members > MaxMembers && kept > 1)))
            {
                _operations.TryRemove(operation.Id, out _);
            }
        }
    }
}
