using System.Text;
using Lurm.Index.Graph;

namespace Lurm.Index.Snapshots;

/// <summary>Writes compact blocks to a file: temporary file beside it, fsync, rename.</summary>
internal static unsafe class SnapshotWriter
{
    public static void Write(GraphBlocks blocks, string path, string modelId, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(modelId) > SnapshotHeader.MostModelIdBytes)
        {
            throw new ArgumentException($"The model id has {Encoding.UTF8.GetByteCount(modelId)} bytes; at most {SnapshotHeader.MostModelIdBytes} are kept.", nameof(modelId));
        }

        var header = new SnapshotHeader { Options = blocks.Options, ModelId = modelId, Rows = blocks.Used, UpperLists = blocks.UpperUsed, EntryPoint = blocks.EntryPoint };
        var vectorChecks = BlockChecks((byte*)blocks.Vectors, header.ExpectedBytes(SectionKind.Vectors), cancellationToken);
        var codeChecks = BlockChecks(blocks.WalkVectors, header.ExpectedBytes(SectionKind.Codes), cancellationToken);
        var temporary = $"{path}.{Environment.ProcessId:x}-{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                file.Position = SnapshotHeader.Bytes;
                fixed (float* steps = blocks.Scales?.Steps)
                fixed (uint* vectors = vectorChecks, codes = codeChecks)
                {
                    foreach (var kind in Enum.GetValues<SectionKind>())
                    {
                        var data = kind switch
                        {
                            SectionKind.Keys => (byte*)blocks.Keys,
                            SectionKind.Levels => blocks.Levels,
                            SectionKind.Links => (byte*)blocks.Links,
                            SectionKind.UpperLinks => (byte*)blocks.Upper,
                            SectionKind.Steps => (byte*)steps,
                            SectionKind.VectorChecks => (byte*)vectors,
                            SectionKind.CodeChecks => (byte*)codes,
                            SectionKind.Vectors => (byte*)blocks.Vectors,
                            _ => blocks.WalkVectors,
                        };
                        header.Sections.Add(WriteSection(file, kind, data, header.ExpectedBytes(kind), cancellationToken));
                    }
                }

                header.FileBytes = file.Length;
                file.Position = 0;
                file.Write(header.Write());
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IndexException(IndexFault.Unavailable, $"The snapshot '{path}' could not be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static SnapshotSection WriteSection(FileStream file, SectionKind kind, byte* data, long bytes, CancellationToken cancellationToken)
    {
        var offset = (file.Length + SnapshotHeader.Alignment - 1) / SnapshotHeader.Alignment * SnapshotHeader.Alignment;
        offset = Math.Max(offset, SnapshotHeader.Bytes);
        file.SetLength(offset);
        file.Position = offset;
        for (var at = 0L; at < bytes; at += SnapshotHeader.BlockBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(new ReadOnlySpan<byte>(data + at, (int)Math.Min(SnapshotHeader.BlockBytes, bytes - at)));
        }

        var checksum = kind is SectionKind.Vectors or SectionKind.Codes ? 0 : Checksum.Of(data, bytes);
        return new SnapshotSection(kind, offset, bytes, checksum);
    }

    private static uint[] BlockChecks(byte* data, long bytes, CancellationToken cancellationToken)
    {
        var checks = new uint[(bytes + SnapshotHeader.BlockBytes - 1) / SnapshotHeader.BlockBytes];
        for (var i = 0; i < checks.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var at = (long)i * SnapshotHeader.BlockBytes;
            checks[i] = Checksum.Of(data + at, Math.Min(SnapshotHeader.BlockBytes, bytes - at));
        }

        return checks;
    }
}
