using System.Runtime.CompilerServices;
using Lurm.Index.Memory;
using Lurm.Index.Quantization;

namespace Lurm.Index.Graph;

/// <summary>All that one search needs beside the graph: query, visited stamps, the beam. Pooled, used by one thread at a time.</summary>
internal sealed unsafe class SearchState : IDisposable
{
    /// <summary>Links of a node at most: twice the largest <see cref="HnswOptions.MaxLinks"/>.</summary>
    private const int MostLinks = 512;

    private NativeBlock? _stamps;
    private NativeBlock? _list;
    private NativeBlock? _query;
    private NativeBlock? _scratch;
    private byte _epoch;

    /// <summary>The blocks this state's search reads; they are not freed while it is set.</summary>
    public GraphBlocks? Blocks;

    /// <summary>One stamp per slot; equal to the walk's epoch where visited.</summary>
    public byte* Stamps;

    /// <summary>The beam, best first: score bits, slot, expanded bit.</summary>
    public ulong* List;

    /// <summary>How many entries of <see cref="List"/> are set.</summary>
    public int Count;

    /// <summary>Vectors scored since the state was rented.</summary>
    public long Visited;

    /// <summary>The query as float32, padded.</summary>
    public float* Exact;

    /// <summary>The query as the walk kernel wants it.</summary>
    public byte* Query;

    /// <summary>What turns a walk kernel's result into a score.</summary>
    public float Factor;

    /// <summary>Slots of the node being expanded, or of a selection.</summary>
    public int* Slots;

    /// <summary>Their scores.</summary>
    public float* Scores;

    /// <summary>More room for slots: a selection's result.</summary>
    public int* Chosen;

    /// <summary>Room for packed candidates of a link list.</summary>
    public ulong* Packed;

    /// <summary>Entries that <see cref="Slots"/>, <see cref="Scores"/>, <see cref="Chosen"/> and <see cref="Packed"/> hold.</summary>
    public int ScratchLength { get; private set; }

    /// <summary>Native bytes it holds.</summary>
    public long Bytes => (_stamps?.Bytes ?? 0) + (_list?.Bytes ?? 0) + (_query?.Bytes ?? 0) + (_scratch?.Bytes ?? 0);

    /// <summary>Makes room for a walk over <paramref name="blocks"/> with a beam of <paramref name="ef"/>.</summary>
    public void Prepare(GraphBlocks blocks, int ef)
    {
        if (_stamps is null || _stamps.Bytes < blocks.Capacity)
        {
            _stamps?.Dispose();
            _stamps = new NativeBlock(blocks.Capacity);
            Stamps = _stamps.Pointer;
            _epoch = 0;
        }

        EnsureList(ef);
        var queryBytes = (blocks.PaddedLength + 32) * sizeof(float) * 2;
        if (_query is null || _query.Bytes < queryBytes)
        {
            _query?.Dispose();
            _query = new NativeBlock(queryBytes);
        }

        Exact = (float*)_query.Pointer;
        Query = blocks.Options.Storage == VectorStorage.Float32 ? _query.Pointer : _query.Pointer + ((blocks.PaddedLength + 32) / 16 * 16 * sizeof(float));
        var scratch = Math.Max(256, (4 * blocks.MaxLinks0) + 16);
        if (ScratchLength < scratch)
        {
            EnsureScratch(scratch);
        }

        Visited = 0;
    }

    /// <summary>Makes room for a beam of <paramref name="ef"/> entries, and for what <see cref="Beam"/> wants around it.</summary>
    public void EnsureList(int ef)
    {
        var bytes = ((long)ef + Beam.Front + MostLinks + Beam.Lanes) * sizeof(ulong);
        if (_list is null || _list.Bytes < bytes)
        {
            _list?.Dispose();
            _list = new NativeBlock(Math.Max(bytes, 1024 * sizeof(ulong)));
            List = (ulong*)_list.Pointer + Beam.Front;
        }
    }

    /// <summary>Makes room for <paramref name="length"/> scratch entries; what they held is lost.</summary>
    public void EnsureScratch(int length)
    {
        _scratch?.Dispose();
        _scratch = new NativeBlock((long)length * (sizeof(ulong) + sizeof(float) + sizeof(int) + sizeof(int)));
        Packed = (ulong*)_scratch.Pointer;
        Scores = (float*)(Packed + length);
        Slots = (int*)(Scores + length);
        Chosen = Slots + length;
        ScratchLength = length;
    }

    /// <summary>Copies a query in and prepares it for the walk.</summary>
    public void SetQuery(GraphBlocks blocks, ReadOnlySpan<float> query)
    {
        var exact = new Span<float>(Exact, blocks.PaddedLength);
        query.CopyTo(exact);
        exact[query.Length..].Clear();
        PrepareWalkQuery(blocks, Exact, Query, out Factor);
    }

    /// <summary>Derives what the walk kernel reads from a float32 query.</summary>
    public static void PrepareWalkQuery(GraphBlocks blocks, float* exact, byte* query, out float factor)
    {
        factor = 1;
        if (blocks.Scales is not null)
        {
            factor = blocks.Scales.Prepare(exact, (short*)query, blocks.WalkLength);
        }
        else if (blocks.Options.Storage == VectorStorage.Float16)
        {
            factor = Float16Codec.Prepare(exact, (float*)query, blocks.PaddedLength);
        }
    }

    /// <summary>The stamp of a new walk.</summary>
    public byte NextEpoch()
    {
        if (_epoch == byte.MaxValue)
        {
            Unsafe.InitBlockUnaligned(Stamps, 0, (uint)Math.Min(uint.MaxValue, _stamps!.Bytes));
            _epoch = 0;
        }

        return ++_epoch;
    }

    /// <summary>Frees the native buffers.</summary>
    public void Dispose()
    {
        _stamps?.Dispose();
        _list?.Dispose();
        _query?.Dispose();
        _scratch?.Dispose();
        _stamps = _list = _query = _scratch = null;
        ScratchLength = 0;
    }
}
