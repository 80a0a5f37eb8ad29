using Lurm.TestKit;

namespace Lurm.Index.Tests.Snapshots;

/// <summary>Damaged files: only the typed fault may come out, never a hang, a crash or an answer from bad bytes.</summary>
public class SnapshotFuzzTests
{
    private const int D = 20;
    private const int N = 400;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(VectorStorage.Float32)]
    [InlineData(VectorStorage.Int8)]
    public void A_flipped_byte_anywhere_is_found_out_or_of_no_consequence(VectorStorage storage)
    {
        using var folder = new TemporaryFolder();
        var vectors = UnitVectors.Clustered(N, D, seed: 1);
        var good = Snapshot(folder["good"], vectors, storage);
        var random = new Random(2);
        var truth = Answers(folder["good"], vectors);
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])good.Clone();
            bytes[i < 100 ? random.Next(4096) : random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(folder["bad"], bytes);
            try
            {
                Assert.Equal(truth, Answers(folder["bad"], vectors));
            }
            catch (IndexException e)
            {
                Assert.True(e.Fault is IndexFault.Corrupt or IndexFault.Incompatible);
                Assert.Contains("bad", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        // What remains lies in the gaps between sections.
        Assert.True(refused > 300, $"only {refused} of 400 were refused");
    }

    [Fact]
    public void A_truncated_or_lengthened_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        var good = Snapshot(folder["good"], UnitVectors.Clustered(N, D, seed: 3), VectorStorage.Float32);
        foreach (var length in new[] { 0, 1, 7, 8, 100, 4095, 4096, 5000, good.Length / 2, good.Length - 1, good.Length + 1 })
        {
            var bytes = new byte[length];
            good.AsSpan(0, Math.Min(length, good.Length)).CopyTo(bytes);
            File.WriteAllBytes(folder["bad"], bytes);
            Assert.True(Assert.Throws<IndexException>(() => HnswIndex.Open(folder["bad"])).Fault is IndexFault.Corrupt or IndexFault.Incompatible);
        }
    }

    /// <summary>A forger can make every checksum hold; links must be in range all the same.</summary>
    [Fact]
    public void A_link_out_of_range_is_refused_although_its_checksums_hold()
    {
        using var folder = new TemporaryFolder();
        var good = Snapshot(folder["good"], UnitVectors.Clustered(N, D, seed: 4), VectorStorage.Float32);
        var header = Index.Snapshots.SnapshotHeader.Read(good, "good", good.Length);
        var links = header.Section(Index.Snapshots.SectionKind.Links);
        foreach (var forged in new[] { N, -1, int.MaxValue, int.MinValue })
        {
            var bytes = (byte[])good.Clone();
            BitConverter.TryWriteBytes(bytes.AsSpan((int)links.Offset + 40), forged);
            header.Sections[(int)links.Kind - 1] = links with { Checksum = Sum(bytes.AsSpan((int)links.Offset, (int)links.Bytes)) };
            header.Write().CopyTo(bytes, 0);
            File.WriteAllBytes(folder["forged"], bytes);

            var e = Assert.Throws<IndexException>(() => HnswIndex.Open(folder["forged"]));
            Assert.Equal(IndexFault.Corrupt, e.Fault);
            Assert.Contains("link", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_level_that_does_not_fit_its_lists_is_refused_although_its_checksums_hold()
    {
        using var folder = new TemporaryFolder();
        var good = Snapshot(folder["good"], UnitVectors.Clustered(N, D, seed: 5), VectorStorage.Float32);
        var header = Index.Snapshots.SnapshotHeader.Read(good, "good", good.Length);
        var levels = header.Section(Index.Snapshots.SectionKind.Levels);
        good[(int)levels.Offset + 3] += 1;
        header.Sections[(int)levels.Kind - 1] = levels with { Checksum = Sum(good.AsSpan((int)levels.Offset, (int)levels.Bytes)) };
        header.Write().CopyTo(good, 0);
        File.WriteAllBytes(folder["forged"], good);

        Assert.Equal(IndexFault.Corrupt, Assert.Throws<IndexException>(() => HnswIndex.Open(folder["forged"])).Fault);
    }

    private static unsafe uint Sum(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Index.Snapshots.Checksum.Of(start, bytes.Length);
        }
    }

    private static byte[] Snapshot(string path, float[] vectors, VectorStorage storage)
    {
        using var index = HnswIndex.Build(new HnswOptions { Dimensions = D, Storage = storage }, UnitVectors.Keys(N), vectors, cancellationToken: Stop);
        index.Save(path, "fuzz", Stop);
        return File.ReadAllBytes(path);
    }

    private static List<Neighbor> Answers(string path, float[] vectors)
    {
        using var index = HnswIndex.Open(path, "fuzz");
        var hits = new Neighbor[5];
        var answers = new List<Neighbor>();
        for (var i = 0; i < 40; i++)
        {
            index.Search(UnitVectors.Row(vectors, i * 10, D), hits, 30, Stop);
            answers.AddRange(hits);
        }

        index.Check();
        return answers;
    }
}
