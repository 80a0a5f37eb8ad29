using System.Numerics;

namespace Lurm.Index.Graph;

/// <summary>The linked slots by the bits of their vectors: finds the one that a new vector equals.</summary>
/// <remarks>
/// A graph breaks on many equal vectors: they fill each other's lists and every beam that comes near. So only one of them is linked.
/// Open addressing, hash and slot in 64 bits; not thread-safe, writers alone use it.
/// </remarks>
internal sealed unsafe class EqualVectors
{
    private ulong[] _table;
    private int _count;

    /// <param name="expected">How many slots it will hold; it grows beyond that.</param>
    private EqualVectors(int expected) => _table = new ulong[BitOperations.RoundUpToPowerOf2(Math.Max(64, (uint)(expected * 4L / 3) + 1))];

    /// <summary>All linked live slots of the blocks.</summary>
    public static EqualVectors Of(GraphBlocks blocks)
    {
        var equals = new EqualVectors(blocks.Used);
        for (var slot = 0; slot < blocks.Used; slot++)
        {
            if (blocks.Live[slot] != 0 && !blocks.IsTwin(slot))
            {
                equals.Add(blocks, slot);
            }
        }

        return equals;
    }

    /// <summary>Chains the slots of blocks that are not linked yet: of equal vectors the first stays, the others become its twins.</summary>
    public static EqualVectors Chain(GraphBlocks blocks)
    {
        var equals = new EqualVectors(blocks.Used);
        for (var slot = 0; slot < blocks.Used; slot++)
        {
            var other = equals.Find(blocks, new ReadOnlySpan<float>(blocks.Vector(slot), blocks.Dimensions));
            if (other < 0)
            {
                equals.Add(blocks, slot);
                continue;
            }

            blocks.MakeTwin(slot, other);
        }

        return equals;
    }

    /// <summary>The slot whose vector has the same bits; -1 if none.</summary>
    public int Find(GraphBlocks blocks, ReadOnlySpan<float> vector)
    {
        uint hash;
        fixed (float* components = vector)
        {
            hash = Hash(components, vector.Length);
        }

        var mask = _table.Length - 1;
        for (var i = (int)hash & mask; _table[i] != 0; i = (i + 1) & mask)
        {
            var slot = (int)(uint)_table[i] - 1;
            if ((uint)(_table[i] >> 32) == hash && vector.SequenceEqual(new ReadOnlySpan<float>(blocks.Vector(slot), blocks.Dimensions)))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Adds a slot whose vector is in no other.</summary>
    public void Add(GraphBlocks blocks, int slot)
    {
        if (_count >= _table.Length / 4 * 3)
        {
            Resize();
        }

        _count++;
        Put(_table, ((ulong)Hash(blocks.Vector(slot), blocks.Dimensions) << 32) | (uint)(slot + 1));
    }

    /// <summary>Forgets a slot, whose vector must still be there, and closes the gap.</summary>
    public void Remove(GraphBlocks blocks, int slot)
    {
        var entry = ((ulong)Hash(blocks.Vector(slot), blocks.Dimensions) << 32) | (uint)(slot + 1);
        var mask = _table.Length - 1;
        var gap = (int)(entry >> 32) & mask;
        while (_table[gap] != 0 && _table[gap] != entry)
        {
            gap = (gap + 1) & mask;
        }

        if (_table[gap] == 0)
        {
            return;
        }

        _count--;
        for (var i = (gap + 1) & mask; _table[i] != 0; i = (i + 1) & mask)
        {
            var home = (int)(_table[i] >> 32) & mask;
            if (((i - home) & mask) >= ((i - gap) & mask))
            {
                _table[gap] = _table[i];
                gap = i;
            }
        }

        _table[gap] = 0;
    }

    private static void Put(ulong[] table, ulong entry)
    {
        var mask = table.Length - 1;
        var i = (int)(entry >> 32) & mask;
        while (table[i] != 0)
        {
            i = (i + 1) & mask;
        }

        table[i] = entry;
    }

    private static uint Hash(float* vector, int length)
    {
        var hash = 0xFFFFFFFFu;
        for (var i = 0; i < length; i++)
        {
            hash = BitOperations.Crc32C(hash, ((uint*)vector)[i]);
        }

        return hash;
    }

    private void Resize()
    {
        var table = new ulong[_table.Length * 2];
        foreach (var entry in _table)
        {
            if (entry != 0)
            {
                Put(table, entry);
            }
        }

        _table = table;
    }
}
