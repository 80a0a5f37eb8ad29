using System.Runtime.CompilerServices;

namespace Lurm.Store.Histories;

/// <summary>Counts the distinct items of histories, one after the other. Open addressing; a new stamp empties the table without touching it. One thread.</summary>
internal sealed class DistinctItems
{
    private int[] _items = new int[512];
    private int[] _stamps = new int[512];
    private int _stamp = 1;

    /// <summary>Distinct items added since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        if (++_stamp == int.MaxValue)
        {
            Array.Clear(_stamps);
            _stamp = 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<HistoryEntry> entries)
    {
        while (_items.Length < (long)(Count + entries.Length) * 2)
        {
            Grow();
        }

        var before = -1;
        foreach (ref readonly var entry in entries)
        {
            // An item in several kinds stands there several times in a row.
            if (entry.Item != before)
            {
                before = entry.Item;
                Place(before);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Place(int item)
    {
        var mask = _items.Length - 1;
        for (var slot = (int)((uint)item * 0x9E3779B9u >> 7) & mask; ; slot = (slot + 1) & mask)
        {
            if (_stamps[slot] != _stamp)
            {
                _stamps[slot] = _stamp;
                _items[slot] = item;
                Count++;
                return;
            }

            if (_items[slot] == item)
            {
                return;
            }
        }
    }

    private void Grow()
    {
        var (items, stamps, count) = (_items, _stamps, Count);
        _items = new int[items.Length * 2];
        _stamps = new int[_items.Length];
        for (var slot = 0; slot < items.Length && Count > 0; slot++)
        {
            if (stamps[slot] == _stamp)
            {
                Place(items[slot]);
            }
        }

        Count = count;
    }
}
