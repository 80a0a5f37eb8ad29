namespace Lurm.Store.Ingestion;

/// <summary>The chunks of a batch: runs of its users by key, each small enough for one transaction of well under a second. Depends on the batch alone.</summary>
/// <remarks>Within a chunk, known users come by key and new ones behind them in the order in which the batch first names them, in which they get their keys.</remarks>
internal sealed class ChunkPlan
{
    /// <summary>A chunk ends at this many events …</summary>
    public const long ChunkEvents = 800_000;

    /// <summary>… or this many users, whichever comes first.</summary>
    public const int ChunkUsers = 16_384;

    private readonly int[] _byKey;
    private readonly List<(int From, int To, long Events, long FirstKey, long LastKey)> _chunks = [];

    public ChunkPlan(EventBatch batch)
    {
        var users = batch.Users;
        var keys = new long[users.Length];
        _byKey = new int[users.Length];
        for (var i = 0; i < users.Length; i++)
        {
            keys[i] = users[i].Key;
            _byKey[i] = i;
        }

        Array.Sort(keys, _byKey);
        long events = 0;
        var from = 0;
        for (var i = 0; i < _byKey.Length; i++)
        {
            events += users[_byKey[i]].Events;
            if (events >= ChunkEvents || i + 1 - from == ChunkUsers || i + 1 == _byKey.Length)
            {
                _chunks.Add((from, i + 1, events, keys[from], keys[i]));
                (from, events) = (i + 1, 0);
            }
        }

        foreach (var chunk in _chunks)
        {
            var known = keys.AsSpan(chunk.From..chunk.To).BinarySearch(batch.FirstNewKey);
            _byKey.AsSpan(chunk.From..chunk.To)[(known < 0 ? ~known : known)..].Sort();
        }
    }

    public int Count => _chunks.Count;

    /// <summary>Events of a chunk.</summary>
    public long Events(int chunk) => _chunks[chunk].Events;

    /// <summary>The first and the last of a chunk's keys, as the spool knows them.</summary>
    public (long First, long Last) Keys(int chunk) => (_chunks[chunk].FirstKey, _chunks[chunk].LastKey);

    /// <summary>The ordinals of a chunk's users.</summary>
    public ReadOnlySpan<int> Users(int chunk) => _byKey.AsSpan(_chunks[chunk].From.._chunks[chunk].To);
}
