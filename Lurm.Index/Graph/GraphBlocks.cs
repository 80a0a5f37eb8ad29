using System.Runtime.CompilerServices;
using Lurm.Index.Memory;
using Lurm.Index.Quantization;
using Lurm.Index.Snapshots;

namespace Lurm.Index.Graph;

/// <summary>A graph and its vectors in flat memory: one array per property, indexed by slot, no object per node.</summary>
/// <remarks>
/// A link list has no length: unused places hold the slot itself, which ends it. Every id ever written is below
/// <see cref="Capacity"/>, so a reader beside a writer may meet an old list or half a new one, but never an address out of range.
/// Growth makes a new instance; the old one is freed when no search holds it (<see cref="StatePool"/>).
/// </remarks>
internal sealed unsafe class GraphBlocks : IDisposable
{
    /// <summary>The level of a twin: a slot whose vector equals another's, which alone is linked.</summary>
    public const byte TwinLevel = 255;

    /// <summary>Per slot: key, start of its upper lists, in-degree, twin, level, state.</summary>
    private const int SlotBytes = sizeof(long) + (3 * sizeof(int)) + 2;

    /// <summary>What holds the memory.</summary>
    private readonly IDisposable[] _owners;

    /// <param name="options">Shapes and storage.</param>
    /// <param name="capacity">Slots.</param>
    /// <param name="upperCapacity">Link lists above layer 0.</param>
    /// <param name="scales">Steps of int8 codes; null with other storages.</param>
    /// <param name="linked">False for rows that are only ever scanned: then there is no room for links.</param>
    public GraphBlocks(HnswOptions options, int capacity, int upperCapacity, Int8Scales? scales, bool linked = true)
    {
        Options = options;
        Capacity = capacity;
        UpperCapacity = upperCapacity;
        Scales = scales;
        Shape = new RowShape(options);

        var vectors = new NativeBlock((long)capacity * PaddedLength * sizeof(float));
        var codes = Shape.HasCodes ? new NativeBlock((long)capacity * WalkStride) : vectors;
        var links = new NativeBlock(linked ? (long)capacity * MaxLinks0 * sizeof(int) : 0);
        var upper = new NativeBlock((long)upperCapacity * MaxLinks * sizeof(int));

        // keys, upper starts, in-degrees, twins, levels, states: one block, widest first.
        var slots = new NativeBlock((long)capacity * SlotBytes);
        _owners = [vectors, codes, links, upper, slots];
        Vectors = (float*)vectors.Pointer;
        WalkVectors = codes.Pointer;
        Links = linked ? (int*)links.Pointer : null;
        Upper = (int*)upper.Pointer;
        Keys = (long*)slots.Pointer;
        UpperStart = (int*)(Keys + capacity);
        InDegree = UpperStart + capacity;
        Twins = InDegree + capacity;
        Levels = (byte*)(Twins + capacity);
        Live = Levels + capacity;
    }

    /// <summary>Blocks over an opened snapshot, read-only: every slot is live, in-degrees are not known.</summary>
    public GraphBlocks(HnswOptions options, Snapshot snapshot, Int8Scales? scales)
    {
        Options = options;
        Capacity = snapshot.Rows;
        UpperCapacity = snapshot.UpperLists;
        Scales = scales;
        Shape = snapshot.Shape;
        Snapshot = snapshot;

        var slots = new NativeBlock((long)Capacity * ((2 * sizeof(int)) + 1));
        _owners = [snapshot, slots];
        Vectors = (float*)snapshot.Section(SectionKind.Vectors);
        WalkVectors = snapshot.Section(Shape.HasCodes ? SectionKind.Codes : SectionKind.Vectors);
        Links = (int*)snapshot.Section(SectionKind.Links);
        Upper = (int*)snapshot.Section(SectionKind.UpperLinks);
        Keys = (long*)snapshot.Section(SectionKind.Keys);
        Levels = snapshot.Section(SectionKind.Levels);
        UpperStart = (int*)slots.Pointer;
        Twins = UpperStart + Capacity;
        Live = (byte*)(Twins + Capacity);
        for (var slot = 0; slot < Capacity; slot++)
        {
            UpperStart[slot] = UpperUsed;
            UpperUsed += LevelOf(slot);
            Live[slot] = 1;
            Twins[slot] = slot;
        }

        for (var slot = 0; slot < Capacity; slot++)
        {
            if (IsTwin(slot))
            {
                Chain(slot, Links[(long)slot * MaxLinks0]);
            }
        }

        Used = Capacity;
        EntryPoint = snapshot.EntryPoint;
    }

    public HnswOptions Options { get; }

    public int Capacity { get; }

    /// <summary>How many lists <see cref="Upper"/> has room for.</summary>
    public int UpperCapacity { get; }

    public RowShape Shape { get; }

    /// <summary>The file these blocks map; null where they are memory of their own and may be written.</summary>
    public Snapshot? Snapshot { get; }

    public int Dimensions => Shape.Dimensions;

    /// <summary>Floats from one row of <see cref="Vectors"/> to the next.</summary>
    public int PaddedLength => Shape.PaddedLength;

    public int MaxLinks => Shape.MaxLinks;

    public int MaxLinks0 => 2 * Shape.MaxLinks;

    public Int8Scales? Scales { get; }

    /// <summary>Exact vectors, zero-padded to <see cref="PaddedLength"/>.</summary>
    public float* Vectors { get; }

    /// <summary>What the walk reads: <see cref="Vectors"/> themselves, or their codes.</summary>
    public byte* WalkVectors { get; }

    /// <summary>Padded components of a walk vector.</summary>
    public int WalkLength => Shape.WalkLength;

    /// <summary>Bytes from one walk vector to the next.</summary>
    public int WalkStride => Shape.WalkStride;

    /// <summary>Layer 0: <see cref="MaxLinks0"/> per slot.</summary>
    public int* Links { get; }

    /// <summary>Layers above 0: <see cref="MaxLinks"/> per list, the lists of one slot side by side from level 1 up.</summary>
    public int* Upper { get; }

    /// <summary>First list of a slot in <see cref="Upper"/>; meaningful where its level is above 0.</summary>
    public int* UpperStart { get; }

    /// <summary>How many layer-0 lists hold the slot.</summary>
    public int* InDegree { get; }

    /// <summary>The next slot with the same vector, from the linked one on; the slot itself at the end.</summary>
    public int* Twins { get; }

    public long* Keys { get; }

    /// <summary>Top layer of a slot, or <see cref="TwinLevel"/>.</summary>
    public byte* Levels { get; }

    /// <summary>1 where the slot may be returned.</summary>
    public byte* Live { get; }

    /// <summary>Slots ever used; those beyond are untouched.</summary>
    public int Used { get; set; }

    /// <summary>Lists of <see cref="Upper"/> ever used.</summary>
    public int UpperUsed { get; set; }

    /// <summary>Where searches start; -1 in an empty graph.</summary>
    public int EntryPoint { get; set; } = -1;

    /// <summary>Bytes of each block, mapped ones included.</summary>
    public IndexBytes Bytes => new()
    {
        Links = Links == null ? 0 : (long)Capacity * MaxLinks0 * sizeof(int),
        UpperLinks = (long)UpperCapacity * MaxLinks * sizeof(int),
        Codes = Shape.HasCodes ? (long)Capacity * WalkStride : 0,
        Slots = (long)Capacity * (InDegree == null ? SlotBytes - sizeof(int) : SlotBytes),
        Float32 = (long)Capacity * PaddedLength * sizeof(float),
    };

    public bool IsTwin(int slot) => Levels[slot] == TwinLevel;

    /// <summary>Layers above 0 that a slot is on.</summary>
    public int LevelOf(int slot) => Levels[slot] == TwinLevel ? 0 : Levels[slot];

    /// <summary>Makes a slot the first twin of a linked one; its own list names that one, which is how a file keeps it.</summary>
    public void MakeTwin(int slot, int linked)
    {
        Levels[slot] = TwinLevel;
        InDegree[slot] = 0;
        var links = Links + ((long)slot * MaxLinks0);
        Clear(links, slot, MaxLinks0);
        links[0] = linked;
        Chain(slot, linked);
    }

    private void Chain(int slot, int linked)
    {
        Twins[slot] = Twins[linked] == linked ? slot : Twins[linked];
        Twins[linked] = slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Vector(int slot) => Vectors + ((long)slot * PaddedLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* WalkVector(int slot) => WalkVectors + ((long)slot * WalkStride);

    /// <summary>The link list of a slot at a level; null where a reader raced with a slot's re-use and there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* LinksOf(int slot, int level)
    {
        if (level == 0)
        {
            return Links + ((long)slot * MaxLinks0);
        }

        var list = UpperStart[slot] + level - 1;
        return level <= Levels[slot] && (uint)list < (uint)UpperCapacity ? Upper + ((long)list * MaxLinks) : null;
    }

    /// <summary>Most links of a list at a level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int LinksAt(int level) => level == 0 ? MaxLinks0 : MaxLinks;

    /// <summary>How many links a list holds.</summary>
    public static int Degree(int* list, int slot, int most)
    {
        var degree = 0;
        while (degree < most && list[degree] != slot)
        {
            degree++;
        }

        return degree;
    }

    /// <summary>Makes a list empty.</summary>
    public static void Clear(int* list, int slot, int most) => new Span<int>(list, most).Fill(slot);

    /// <summary>Takes over everything of <paramref name="from"/>, which must fit.</summary>
    public void CopyFrom(GraphBlocks from)
    {
        from.Snapshot?.CheckAll();
        CopyBlock(from.Vectors, Vectors, (long)from.Used * PaddedLength * sizeof(float));
        if (Shape.HasCodes)
        {
            CopyCodes(from);
        }

        if (Links != null)
        {
            CopyBlock(from.Links, Links, (long)from.Used * MaxLinks0 * sizeof(int));
        }

        CopyBlock(from.Upper, Upper, (long)from.UpperUsed * MaxLinks * sizeof(int));
        CopyBlock(from.Keys, Keys, (long)from.Used * sizeof(long));
        CopyBlock(from.UpperStart, UpperStart, (long)from.Used * sizeof(int));
        CopyBlock(from.Levels, Levels, from.Used);
        CopyBlock(from.Live, Live, from.Used);
        CopyBlock(from.Twins, Twins, (long)from.Used * sizeof(int));
        Used = from.Used;
        UpperUsed = from.UpperUsed;
        EntryPoint = from.EntryPoint;
        if (from.InDegree != null)
        {
            CopyBlock(from.InDegree, InDegree, (long)from.Used * sizeof(int));
            return;
        }

        for (var slot = 0; slot < Used; slot++)
        {
            var links = LinksOf(slot, 0);
            for (var i = 0; i < MaxLinks0 && links[i] != slot && !IsTwin(slot); i++)
            {
                InDegree[links[i]]++;
            }
        }
    }

    /// <summary>Writes a vector and its code into a slot.</summary>
    public void SetVector(int slot, ReadOnlySpan<float> vector)
    {
        var row = new Span<float>(Vector(slot), PaddedLength);
        vector.CopyTo(row);
        row[vector.Length..].Clear();
        Encode(slot);
    }

    /// <summary>Derives the slot's walk vector from its exact one.</summary>
    public void Encode(int slot)
    {
        if (Scales is not null)
        {
            Scales.Encode(Vector(slot), (sbyte*)WalkVector(slot), WalkLength);
        }
        else if (Options.Storage == VectorStorage.Float16)
        {
            Float16Codec.Encode(Vector(slot), Dimensions, (ushort*)WalkVector(slot), WalkLength);
        }
    }

    /// <summary>Overwrites what is left of a removed vector.</summary>
    public void EraseVector(int slot)
    {
        new Span<float>(Vector(slot), PaddedLength).Clear();
        new Span<byte>(WalkVector(slot), WalkStride).Clear();
    }

    public void Dispose()
    {
        foreach (var owner in _owners)
        {
            owner.Dispose();
        }
    }

    /// <summary>Copies the walk vectors; those of a file of an older format end in more zeros.</summary>
    private void CopyCodes(GraphBlocks from)
    {
        if (from.WalkStride == WalkStride)
        {
            CopyBlock(from.WalkVectors, WalkVectors, (long)from.Used * WalkStride);
            return;
        }

        for (var slot = 0; slot < from.Used; slot++)
        {
            CopyBlock(from.WalkVector(slot), WalkVector(slot), WalkStride);
        }
    }

    private static void CopyBlock(void* from, void* to, long bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);
}
