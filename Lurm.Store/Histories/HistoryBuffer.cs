using System.Runtime.CompilerServices;

namespace Lurm.Store.Histories;

/// <summary>A growing array of entries that is reused from user to user.</summary>
internal sealed class HistoryBuffer
{
    private HistoryEntry[] _entries = new HistoryEntry[256];

    public int Count { get; private set; }

    public ReadOnlySpan<HistoryEntry> Entries => _entries.AsSpan(0, Count);

    public void Clear() => Count = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in HistoryEntry entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count++] = entry;
    }

    /// <summary>Room for <paramref name="more"/> entries behind the present ones; <see cref="Grow"/> takes what was filled.</summary>
    public Span<HistoryEntry> Room(int more)
    {
        if (Count + more > _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(Count + more, _entries.Length * 2));
        }

        return _entries.AsSpan(Count, more);
    }

    public void Grow(int by) => Count += by;
}
