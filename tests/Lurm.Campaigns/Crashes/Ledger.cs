namespace Lurm.Campaigns.Crashes;

/// <summary>What a database must hold: batches and erasures that were acknowledged, and those whose outcome only the database knows.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, int>> _batches = new(StringComparer.Ordinal);

    /// <summary>Batches that were acknowledged: they must be there.</summary>
    public HashSet<string> Acknowledged { get; } = new(StringComparer.Ordinal);

    /// <summary>Users whose erasure was acknowledged: no trace of them may be there.</summary>
    public HashSet<string> Erased { get; } = new(StringComparer.Ordinal);

    /// <summary>Users of an erasure that was killed: all of them are gone, or none.</summary>
    public IReadOnlyList<string> InDoubt { get; set; } = [];

    /// <summary>Notes a batch that was begun, with its events by user.</summary>
    public void Begin(string batch, IReadOnlyDictionary<string, int> eventsOfUsers) => _batches[batch] = eventsOfUsers;

    /// <summary>Events by user that the database must hold when <paramref name="present"/> are the batches it knows; the empty one a shop begins with is not ours.</summary>
    public Dictionary<string, int> Expected(IEnumerable<string> present)
    {
        var events = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (user, count) in present.Where(_batches.ContainsKey).SelectMany(batch => _batches[batch]))
        {
            if (!Erased.Contains(user))
            {
                events[user] = events.GetValueOrDefault(user) + count;
            }
        }

        return events;
    }
}
