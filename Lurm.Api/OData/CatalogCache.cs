using System.Collections.Frozen;
using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary>The items in memory, for their names; read again after a minute, or when a key is missing.</summary>
internal sealed class CatalogCache(LurmDatabase lurm, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private volatile Snapshot? _snapshot;

    /// <summary>All items, by key.</summary>
    public IReadOnlyList<ItemRecord> Items(CancellationToken cancellationToken) => Current(cancellationToken).Items;

    /// <summary>The items as a table by key that holds at least <paramref name="keys"/>, as far as they exist.</summary>
    public FrozenDictionary<int, ItemRecord> ByKey(IReadOnlyCollection<int> keys, CancellationToken cancellationToken)
    {
        var snapshot = Current(cancellationToken);
        return keys.All(snapshot.ByKey.ContainsKey) ? snapshot.ByKey : Read(cancellationToken).ByKey;
    }

    private Snapshot Current(CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        return snapshot is not null && time.GetElapsedTime(snapshot.ReadAt) < MaxAge ? snapshot : Read(cancellationToken);
    }

    private Snapshot Read(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var items = lurm.ReadItems(cancellationToken);
            return _snapshot = new Snapshot(time.GetTimestamp(), items, items.ToFrozenDictionary(item => item.Key));
        }
    }

    private sealed record Snapshot(long ReadAt, IReadOnlyList<ItemRecord> Items, FrozenDictionary<int, ItemRecord> ByKey);
}
