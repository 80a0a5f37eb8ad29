using Lurm.Index.Graph;

namespace Lurm.Index.Snapshots;

/// <summary>Verifies what the unsafe code of a walk relies on: every link in range, levels and lists in agreement, the entry point on top.</summary>
/// <remarks>A checksum says that a file is as it was written; this says that no file, whoever wrote it, leads a walk out of its arrays.</remarks>
internal static unsafe class GraphCheck
{
    public static void Run(Snapshot snapshot, SnapshotHeader header)
    {
        var levels = new ReadOnlySpan<byte>(snapshot.Section(SectionKind.Levels), header.Rows);
        long lists = 0;
        var top = 0;
        foreach (var level in levels)
        {
            if (level != GraphBlocks.TwinLevel)
            {
                lists += level;
                top = Math.Max(top, level);
            }
        }

        if (lists != header.UpperLists || top > Levels.Highest)
        {
            throw SnapshotHeader.Corrupt(snapshot.Path, $"levels need {lists} upper lists, it has {header.UpperLists}; the highest level is {top}");
        }

        if (header.EntryPoint >= 0 && levels[header.EntryPoint] != top)
        {
            throw SnapshotHeader.Corrupt(snapshot.Path, $"its entry point is on level {levels[header.EntryPoint]}, its top level is {top}");
        }

        CheckLinks(snapshot, header, SectionKind.Links);
        CheckLinks(snapshot, header, SectionKind.UpperLinks);
        CheckTwins(snapshot, header, levels);
        if (header.Options.Storage == VectorStorage.Int8)
        {
            foreach (var step in new ReadOnlySpan<float>(snapshot.Section(SectionKind.Steps), header.Options.Dimensions))
            {
                if (!(float.IsFinite(step) && step > 0))
                {
                    throw SnapshotHeader.Corrupt(snapshot.Path, $"a code step is {step}");
                }
            }
        }
    }

    private static void CheckTwins(Snapshot snapshot, SnapshotHeader header, ReadOnlySpan<byte> levels)
    {
        var links = (int*)snapshot.Section(SectionKind.Links);
        for (var row = 0; row < header.Rows; row++)
        {
            if (levels[row] == GraphBlocks.TwinLevel && levels[links[(long)row * 2 * header.Options.MaxLinks]] == GraphBlocks.TwinLevel)
            {
                throw SnapshotHeader.Corrupt(snapshot.Path, $"row {row} is the twin of a row that is none to be linked");
            }
        }
    }

    private static void CheckLinks(Snapshot snapshot, SnapshotHeader header, SectionKind kind)
    {
        var links = (uint*)snapshot.Section(kind);
        var count = header.ExpectedBytes(kind) / sizeof(uint);
        for (var at = 0L; at < count; at += 1 << 20)
        {
            var part = new ReadOnlySpan<uint>(links + at, (int)Math.Min(1 << 20, count - at));
            if (part.Length > 0 && System.Numerics.Tensors.TensorPrimitives.Max(part) >= (uint)header.Rows)
            {
                throw SnapshotHeader.Corrupt(snapshot.Path, $"a link of {kind} leads beyond its {header.Rows:N0} rows");
            }
        }
    }
}
