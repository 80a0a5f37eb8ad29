namespace Lurm.Index.Graph;

/// <summary>Key to slot: open addressing over slots alone, the keys stay where the graph has them (5 to 10 bytes a key).</summary>
/// <remarks>Not thread-safe; the index guards it.</remarks>
internal sealed unsafe class SlotMap
{
    private int[] _table = new int[16];
    private int _count;

    /// <summary>How many keys it holds.</summary>
    public int Count => _count;

    /// <summary>Bytes of its table.</summary>
    public long Bytes => (long)_table.Length * sizeof(int);

    /// <summary>Makes room for <paramref name="count"/> keys.</summary>
    public void Reserve(long* keys, int count)
    {
        if (count > _table.Length / 4L * 3)
        {
            Resize(keys, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((count * 4L / 3) + 1)));
        }
    }

    /// <summary>The slot of <paramref name="key"/>.</summary>
    public bool TryGet(long* keys, long key, out int slot)
    {
        var mask = _table.Length - 1;
        for (var i = Home(key, mask); _table[i] != 0; i = (i + 1) & mask)
        {
            slot = _table[i] - 1;
            if (keys[slot] == key)
            {
                return true;
            }
        }

        slot = 0;
        return false;
    }

    /// <summary>Sets the slot of a new key; false, and the slot that has it, where it is there already.</summary>
    public bool TryAdd(long* keys, long key, int slot, out int other)
    {
        Reserve(keys, _count + 1);
        var mask = _table.Length - 1;
        var i = Home(key, mask);
        for (; _table[i] != 0; i = (i + 1) & mask)
        {
            other = _table[i] - 1;
            if (keys[other] == key)
            {
                return false;
            }
        }

        _table[i] = slot + 1;
        _count++;
        other = slot;
        return true;
    }

    /// <summary>Sets the slot of a key, whose <c>keys[slot]</c> is set already.</summary>
    public void Set(long* keys, long key, int slot)
    {
        Reserve(keys, _count + 1);
        var mask = _table.Length - 1;
        var i = Home(key, mask);
        while (_table[i] != 0)
        {
            if (keys[_table[i] - 1] == key)
            {
                _table[i] = slot + 1;
                return;
            }

            i = (i + 1) & mask;
        }

        _table[i] = slot + 1;
        _count++;
    }

    /// <summary>Forgets a key and closes the gap, so that no tombstones gather.</summary>
    public void Remove(long* keys, long key)
    {
        var mask = _table.Length - 1;
        var i = Home(key, mask);
        while (_table[i] != 0 && keys[_table[i] - 1] != key)
        {
            i = (i + 1) & mask;
        }

        if (_table[i] == 0)
        {
            return;
        }

        _count--;
        var gap = i;
        for (var j = (i + 1) & mask; _table[j] != 0; j = (j + 1) & mask)
        {
            var home = Home(keys[_table[j] - 1], mask);
            if (((j - home) & mask) >= ((j - gap) & mask))
            {
                _table[gap] = _table[j];
                gap = j;
            }
        }

        _table[gap] = 0;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_table);
        _count = 0;
    }

    private static int Home(long key, int mask) => (int)(((ulong)key * 0x9E3779B97F4A7C15ul) >> 32) & mask;

    private void Resize(long* keys, int length)
    {
        var old = _table;
        _table = new int[Math.Max(16, length)];
        var mask = _table.Length - 1;
        foreach (var entry in old)
        {
            if (entry == 0)
            {
                continue;
            }

            var i = Home(keys[entry - 1], mask);
            while (_table[i] != 0)
            {
                i = (i + 1) & mask;
            }

            _table[i] = entry;
        }
    }
}
