using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Lurm.Store.Ingestion;

/// <summary>Gives each distinct text, as UTF-8, the next ordinal from 0. Open addressing over one arena of bytes: some 20 bytes a text beside the text.</summary>
/// <remarks>The hash is keyed at random, so that ids cannot be made to collide. One thread.</remarks>
internal sealed class Utf8Interner
{
    private const int BlockBits = 20;
    private const int BlockBytes = 1 << BlockBits;
    private const int FoundTogether = 64;

    private readonly ulong _key = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
    private readonly List<byte[]> _blocks = [];
    private int _blockUsed = BlockBytes;
    private int[] _table = new int[1024];
    private Entry[] _entries = new Entry[512];

    /// <summary>How many texts there are.</summary>
    public int Count { get; private set; }

    /// <summary>The text of <paramref name="ordinal"/>.</summary>
    public ReadOnlySpan<byte> this[int ordinal]
    {
        get
        {
            ref readonly var entry = ref _entries[ordinal];
            return _blocks[(int)(entry.Position >> BlockBits)].AsSpan((int)(entry.Position & (BlockBytes - 1)), entry.Length);
        }
    }

    /// <summary>The ordinal of <paramref name="text"/>, or -1 with the hash that <see cref="Add(ReadOnlySpan{byte}, uint)"/> wants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(ReadOnlySpan<byte> text, out uint hash)
    {
        hash = Hash(text);
        return Find(text, hash);
    }

    /// <summary>Writes the ordinal of each text, or -1. The lookups go side by side, so that their cache misses overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(in Utf8Column texts, Span<int> ordinals)
    {
        Span<uint> hashes = stackalloc uint[FoundTogether];
        var mask = _table.Length - 1;
        for (var from = 0; from < texts.Count; from += FoundTogether)
        {
            var count = Math.Min(FoundTogether, texts.Count - from);
            for (var i = 0; i < count; i++)
            {
                hashes[i] = Hash(texts[from + i]);
                Prefetch.Near(ref _table[(int)hashes[i] & mask]);
            }

            for (var i = 0; i < count; i++)
            {
                var candidate = _table[(int)hashes[i] & mask] - 1;
                Prefetch.Near(ref _entries[Math.Max(candidate, 0)]);
                ordinals[from + i] = candidate;
            }

            for (var i = 0; i < count; i++)
            {
                if (ordinals[from + i] is >= 0 and var candidate)
                {
                    var position = _entries[candidate].Position;
                    Prefetch.Near(ref _blocks[(int)(position >> BlockBits)][position & (BlockBytes - 1)]);
                }
            }

            for (var i = 0; i < count; i++)
            {
                ordinals[from + i] = Find(texts[from + i], hashes[i]);
            }
        }
    }

    /// <summary>Adds a text that <see cref="Find(ReadOnlySpan{byte}, out uint)"/> did not find; at most 64 KB long.</summary>
    public int Add(ReadOnlySpan<byte> text, uint hash)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        if (_blocks.Count == 0 || _blockUsed + text.Length > BlockBytes)
        {
            _blocks.Add(new byte[BlockBytes]);
            _blockUsed = 0;
        }

        text.CopyTo(_blocks[^1].AsSpan(_blockUsed));
        _entries[Count] = new Entry(hash, (ushort)text.Length, ((long)(_blocks.Count - 1) << BlockBits) | (uint)_blockUsed);
        _blockUsed += text.Length;
        Place(Count, hash);
        return Count++;
    }

    /// <summary>Finds or adds.</summary>
    public int Intern(ReadOnlySpan<byte> text)
    {
        var ordinal = Find(text, out var hash);
        return ordinal >= 0 ? ordinal : Add(text, hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ReadOnlySpan<byte> text, uint hash)
    {
        var mask = _table.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var ordinal = _table[slot] - 1;
            if (ordinal < 0)
            {
                return -1;
            }

            ref readonly var entry = ref _entries[ordinal];
            if (entry.Hash == hash && entry.Length == text.Length && this[ordinal].SequenceEqual(text))
            {
                return ordinal;
            }
        }
    }

    private void Grow()
    {
        Array.Resize(ref _entries, Count * 2);
        _table = new int[_entries.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            Place(i, _entries[i].Hash);
        }
    }

    private void Place(int ordinal, uint hash)
    {
        var mask = _table.Length - 1;
        var slot = (int)hash & mask;
        while (_table[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _table[slot] = ordinal + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(ReadOnlySpan<byte> text)
    {
        var hash = _key ^ (ulong)text.Length;
        if (text.Length >= 8)
        {
            var last = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
            for (; text.Length > 8; text = text[8..])
            {
                hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
            }

            hash = Mix(hash ^ last);
        }
        else
        {
            ulong word = 0;
            for (var i = 0; i < text.Length; i++)
            {
                word |= (ulong)text[i] << (8 * i);
            }

            hash = Mix(hash ^ word);
        }

        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0x9E3779B97F4A7C15, out var low);
        return BitOperations.RotateLeft(high ^ low, 23) ^ _key;
    }

    private readonly record struct Entry(uint Hash, ushort Length, long Position);
}
