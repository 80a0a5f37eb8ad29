using System.Runtime.CompilerServices;
using Lurm.Store.Histories;

namespace Lurm.Store.Ingestion;

/// <summary>The events of one chunk as history entries, user by user: counted, sorted, with the database's item and kind keys.</summary>
internal sealed class ChunkHistories
{
    private readonly HistoryBuffer _entries = new();
    private int[] _ends = [];
    private ulong[] _keys = [];
    private uint[] _weights = [];

    /// <summary>The ordinals of its users, in the plan's order.</summary>
    public int[] Users { get; private set; } = [];

    public int Chunk { get; private set; }

    /// <summary>The entries of the user at <paramref name="position"/> of <see cref="Users"/>, sorted.</summary>
    public ReadOnlySpan<HistoryEntry> this[int position] => _entries.Entries[(position == 0 ? 0 : _ends[position - 1]).._ends[position]];

    /// <summary>Reads a chunk's events from the spool and counts them.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="plan">Its chunks.</param>
    /// <param name="chunk">Which.</param>
    /// <param name="positions">Scratch: one a user of the batch.</param>
    /// <param name="itemKeys">The database's key of each item ordinal.</param>
    /// <param name="kindKeys">The database's key of each kind ordinal.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(EventBatch batch, ChunkPlan plan, int chunk, int[] positions, int[] itemKeys, int[] kindKeys)
    {
        Chunk = chunk;
        Users = plan.Users(chunk).ToArray();
        _entries.Clear();
        var events = checked((int)plan.Events(chunk));
        if (_keys.Length < events)
        {
            _keys = new ulong[events];
            _weights = new uint[events];
        }

        // A counting sort by user: where each user's run begins is known from the users' counts.
        var users = batch.Users;
        var next = new int[Users.Length];
        var sum = 0;
        for (var i = 0; i < Users.Length; i++)
        {
            positions[Users[i]] = i + 1;
            next[i] = sum;
            sum += users[Users[i]].Events;
        }

        var (firstKey, lastKey) = plan.Keys(chunk);
        var weighted = false;
        batch.Spool.Read(firstKey, lastKey, page =>
        {
            foreach (ref readonly var one in page)
            {
                var position = positions[one.User] - 1;
                if (position < 0)
                {
                    continue;
                }

                var at = next[position]++;
                _keys[at] = SpooledEvent.KeyOf(one.Period, itemKeys[one.Item], kindKeys[one.Kind]);
                _weights[at] = one.WeightThousandths;
                weighted |= one.WeightThousandths != 1000;
            }
        });

        _ends = new int[Users.Length];
        var from = 0;
        for (var i = 0; i < Users.Length; i++)
        {
            positions[Users[i]] = 0;
            Count(from, next[i], weighted);
            from = next[i];
            _ends[i] = _entries.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Count(int from, int to, bool weighted)
    {
        var keys = _keys.AsSpan(from..to);
        var weights = _weights.AsSpan(from..to);
        if (weighted)
        {
            keys.Sort(weights);
        }
        else
        {
            keys.Sort();
        }

        for (var i = 0; i < keys.Length;)
        {
            var key = keys[i];
            var count = 0;
            long weight = 0;
            for (; i < keys.Length && keys[i] == key; i++)
            {
                count++;
                weight += weights[i];
            }

            var one = new SpooledEvent(key, 0, 0);
            _entries.Add(new HistoryEntry(one.Period, one.Item, (short)one.Kind, count, weight));
        }
    }
}
