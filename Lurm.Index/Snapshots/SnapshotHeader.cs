using System.Buffers.Binary;
using System.Text;
using Lurm.Index.Graph;

namespace Lurm.Index.Snapshots;

/// <summary>The first page of a snapshot: version, options, model, sizes, and where each section lies.</summary>
/// <remarks>
/// All numbers little-endian. 0 magic, 8 version, 12 header bytes, 16 dimensions, 20 MaxLinks, 24 EfConstruction, 28 storage, 32 seed,
/// 40 rows, 44 upper lists, 48 entry point, 52 RerankFactor, 56 file bytes, 64 model id bytes, 68 sections; from 128 one entry of 32
/// bytes per section (kind, checksum, offset, bytes); from 1024 the model id; the last four bytes are the page's checksum.
/// </remarks>
internal sealed class SnapshotHeader
{
    public const int Bytes = 4096;

    /// <summary>The format that is written. Format 1, which is read too, has int8 rows of a multiple of 32 bytes; now it is 16.</summary>
    public const int Version = 2;
    public const int MostModelIdBytes = 1024;

    /// <summary>Sections start at multiples of this.</summary>
    public const int Alignment = 4096;

    /// <summary>Vectors and codes are checked in blocks of this, each on first touch.</summary>
    public const int BlockBytes = 1 << 20;

    private const int SectionTable = 128;
    private const int SectionBytes = 32;
    private const int MostSections = 16;
    private const int ModelIdAt = 1024;

    private const int OldestVersion = 1;
    private const int Int8MultipleOfVersion1 = 32;

    private static ReadOnlySpan<byte> Magic => "LURMIDX\0"u8;

    /// <summary>The format of this file.</summary>
    public int Format { get; init; } = Version;

    public required HnswOptions Options { get; init; }

    public required string ModelId { get; init; }

    public required int Rows { get; init; }

    public required int UpperLists { get; init; }

    public required int EntryPoint { get; init; }

    /// <summary>How this file's rows are laid out.</summary>
    public RowShape Shape => new(Options, Format == 1 ? Int8MultipleOfVersion1 : RowShape.Multiple);

    public long FileBytes { get; set; }

    public List<SnapshotSection> Sections { get; } = [];

    /// <summary>The page as bytes.</summary>
    public unsafe byte[] Write()
    {
        var page = new byte[Bytes];
        var span = page.AsSpan();
        Magic.CopyTo(span);
        Put(span, 8, Format);
        Put(span, 12, Bytes);
        Put(span, 16, Options.Dimensions);
        Put(span, 20, Options.MaxLinks);
        Put(span, 24, Options.EfConstruction);
        Put(span, 28, (int)Options.Storage);
        BinaryPrimitives.WriteUInt64LittleEndian(span[32..], Options.Seed);
        Put(span, 40, Rows);
        Put(span, 44, UpperLists);
        Put(span, 48, EntryPoint);
        Put(span, 52, Options.RerankFactor);
        BinaryPrimitives.WriteInt64LittleEndian(span[56..], FileBytes);
        Put(span, 64, Encoding.UTF8.GetBytes(ModelId, span.Slice(ModelIdAt, MostModelIdBytes)));
        Put(span, 68, Sections.Count);
        for (var i = 0; i < Sections.Count; i++)
        {
            var entry = span.Slice(SectionTable + (i * SectionBytes), SectionBytes);
            Put(entry, 0, (int)Sections[i].Kind);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Sections[i].Checksum);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], Sections[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], Sections[i].Bytes);
        }

        fixed (byte* start = page)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(span[(Bytes - 4)..], Checksum.Of(start, Bytes - 4));
        }

        return page;
    }

    /// <summary>Reads and checks a page: everything in it is within its bounds when this returns.</summary>
    /// <exception cref="IndexException">Not a snapshot, another version, or damaged.</exception>
    public static unsafe SnapshotHeader Read(ReadOnlySpan<byte> page, string path, long fileBytes)
    {
        if (page.Length < Bytes || !page[..8].SequenceEqual(Magic))
        {
            throw new IndexException(IndexFault.Incompatible, $"'{path}' is no index snapshot: it does not start with 'LURMIDX' or is shorter than {Bytes} bytes.");
        }

        var format = Get(page, 8);
        if (format is < OldestVersion or > Version)
        {
            throw new IndexException(IndexFault.Incompatible, $"'{path}' has snapshot version {format}; this build reads versions {OldestVersion} to {Version}. Build the index again.");
        }

        fixed (byte* start = page)
        {
            if (Checksum.Of(start, Bytes - 4) != BinaryPrimitives.ReadUInt32LittleEndian(page[(Bytes - 4)..]))
            {
                throw Corrupt(path, "the header's checksum does not hold");
            }
        }

        var options = new HnswOptions
        {
            Dimensions = Get(page, 16),
            MaxLinks = Get(page, 20),
            EfConstruction = Get(page, 24),
            Storage = (VectorStorage)Get(page, 28),
            Seed = BinaryPrimitives.ReadUInt64LittleEndian(page[32..]),
            RerankFactor = Get(page, 52),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw Corrupt(path, e.Message);
        }

        var modelIdBytes = Get(page, 64);
        var sections = Get(page, 68);
        if (modelIdBytes is < 0 or > MostModelIdBytes || sections is < 0 or > MostSections)
        {
            throw Corrupt(path, "the header's lengths are out of range");
        }

        var header = new SnapshotHeader
        {
            Format = format,
            Options = options,
            ModelId = Encoding.UTF8.GetString(page.Slice(ModelIdAt, modelIdBytes)),
            Rows = Get(page, 40),
            UpperLists = Get(page, 44),
            EntryPoint = Get(page, 48),
            FileBytes = BinaryPrimitives.ReadInt64LittleEndian(page[56..]),
        };
        for (var i = 0; i < sections; i++)
        {
            var entry = page.Slice(SectionTable + (i * SectionBytes), SectionBytes);
            header.Sections.Add(new SnapshotSection(
                (SectionKind)Get(entry, 0),
                BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[4..])));
        }

        header.Check(path, fileBytes);
        return header;
    }

    /// <summary>The length every section must have.</summary>
    public long ExpectedBytes(SectionKind kind)
    {
        var shape = Shape;
        var vectors = (long)Rows * shape.PaddedLength * sizeof(float);
        var codes = shape.HasCodes ? (long)Rows * shape.WalkStride : 0;
        return kind switch
        {
            SectionKind.Keys => (long)Rows * sizeof(long),
            SectionKind.Levels => Rows,
            SectionKind.Links => (long)Rows * shape.MaxLinks * 2 * sizeof(int),
            SectionKind.UpperLinks => (long)UpperLists * shape.MaxLinks * sizeof(int),
            SectionKind.Steps => Options.Storage == VectorStorage.Int8 ? shape.Dimensions * sizeof(float) : 0,
            SectionKind.VectorChecks => Blocks(vectors) * sizeof(uint),
            SectionKind.CodeChecks => Blocks(codes) * sizeof(uint),
            SectionKind.Vectors => vectors,
            SectionKind.Codes => codes,
            _ => -1,
        };
    }

    public SnapshotSection Section(SectionKind kind) => Sections[(int)kind - 1];

    public static IndexException Corrupt(string path, string what) =>
        new(IndexFault.Corrupt, $"'{path}' is damaged: {what}. Delete it; the index is built again from the representations.");

    private static long Blocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes;

    private void Check(string path, long fileBytes)
    {
        if (FileBytes != fileBytes)
        {
            throw Corrupt(path, $"it has {fileBytes:N0} bytes; its header says {FileBytes:N0}");
        }

        if (Rows is < 0 or > int.MaxValue / 2 || UpperLists < 0 || EntryPoint < -1 || EntryPoint >= Rows || (EntryPoint < 0) != (Rows == 0))
        {
            throw Corrupt(path, $"{Rows} rows, {UpperLists} upper lists and entry point {EntryPoint} cannot be");
        }

        var kinds = Enum.GetValues<SectionKind>();
        if (Sections.Count != kinds.Length)
        {
            throw Corrupt(path, $"it has {Sections.Count} sections; version {Format} has {kinds.Length}");
        }

        foreach (var kind in kinds)
        {
            var section = Section(kind);
            if (section.Kind != kind || section.Bytes != ExpectedBytes(kind) || section.Offset < Bytes || section.Offset % Alignment != 0 || section.Offset > fileBytes - section.Bytes)
            {
                throw Corrupt(path, $"section {kind} is not where or what it must be");
            }
        }
    }

    private static void Put(Span<byte> at, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(at[offset..], value);

    private static int Get(ReadOnlySpan<byte> at, int offset) => BinaryPrimitives.ReadInt32LittleEndian(at[offset..]);
}
