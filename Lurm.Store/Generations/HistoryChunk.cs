using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Store.Generations;

/// <summary>Histories of some users in key order, copied out of the reader; used again and again.</summary>
internal sealed class HistoryChunk
{
    /// <summary>Users of a full chunk: one transaction writes them, well under a second.</summary>
    public const int MaxUsers = 4096;

    /// <summary>Entries of a full chunk: 12 MB of them.</summary>
    public const int MaxEntries = 1 << 19;

    private readonly GrowingArray<long> _users = new();
    private readonly GrowingArray<int> _ends = new();
    private readonly GrowingArray<HistoryEntry> _entries = new();

    /// <summary>Chunks are written in this order.</summary>
    public long Sequence { get; private set; }

    public ReadOnlySpan<long> Users => _users.Span;

    public bool IsFull => _users.Count >= MaxUsers || _entries.Count >= MaxEntries;

    /// <summary>Empties it, keeping its memory, to be the chunk of another place.</summary>
    public HistoryChunk Begin(long sequence)
    {
        Sequence = sequence;
        _users.Clear();
        _ends.Clear();
        _entries.Clear();
        return this;
    }

    public void Add(long user, ReadOnlySpan<HistoryEntry> entries)
    {
        _users.Add(user);
        _entries.Add(entries);
        _ends.Add(_entries.Count);
    }

    public ReadOnlySpan<HistoryEntry> Entries(int index) => _entries.Span[(index == 0 ? 0 : _ends.Span[index - 1]).._ends.Span[index]];
}
