namespace Lurm.Index.Tests.Snapshots;

/// <summary>Files of every format version that was ever written stay readable, and say the same.</summary>
public class GoldenSnapshotTests
{
    private const int D = 10;
    private const int N = 60;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("index-v1-float32.bin", VectorStorage.Float32)]
    [InlineData("index-v1-int8.bin", VectorStorage.Int8)]
    [InlineData("index-v1-ordered-float32.bin", VectorStorage.Float32)]
    [InlineData("index-v1-ordered-int8.bin", VectorStorage.Int8)]
    [InlineData("index-v2-float32.bin", VectorStorage.Float32)]
    [InlineData("index-v2-int8.bin", VectorStorage.Int8)]
    public void Every_version_reads_as_the_day_it_was_written(string name, VectorStorage storage)
    {
        using var golden = HnswIndex.Open(Golden(name), "golden");
        golden.Check();

        Assert.Equal(new HnswOptions { Dimensions = D, MaxLinks = 5, EfConstruction = 30, Storage = storage, Seed = 9 }, golden.Options);
        Assert.Equal(N, golden.Count);
        var (vector, hits) = (new float[D], new Neighbor[3]);
        for (var i = 0; i < N; i++)
        {
            // Rows 50 to 59 equal row 0: one of them is linked, the others are its twins.
            Row(i, vector);
            Assert.Equal(3, golden.Search(vector, hits, 30, Stop));
            Assert.Equal(1, hits[0].Score, 1e-5f);
            Assert.True(hits[0].Key == 1000 + i || i == 0 || i >= 50);
            Assert.True(golden.TryGetVector(1000 + i, vector));
        }
    }

    /// <summary>A file of version 1 has int8 rows of 32 bytes here, one of version 2 of 16: only the first is changed on its way.</summary>
    [Theory]
    [InlineData("float32")]
    [InlineData("int8")]
    public void A_file_of_version_1_that_is_saved_again_is_the_file_of_version_2(string storage)
    {
        using var folder = new TestKit.TemporaryFolder();
        using var golden = HnswIndex.Open(Golden($"index-v1-ordered-{storage}.bin"), "golden");
        golden.Save(folder["again"], "golden", Stop);

        Assert.Equal(File.ReadAllBytes(Golden($"index-v2-{storage}.bin")), File.ReadAllBytes(folder["again"]));
    }

    [Theory]
    [InlineData("index-v1-ordered-int8.bin")]
    [InlineData("index-v2-int8.bin")]
    public void A_file_of_either_version_can_be_changed_and_scanned(string name)
    {
        using var golden = HnswIndex.Open(Golden(name), "golden");
        var (vector, hits) = (new float[D], new Neighbor[1]);
        for (var i = 1; i < 50; i++)
        {
            Row(i, vector);
            Assert.Equal(1, golden.Scan(vector, hits, cancellationToken: Stop));
            Assert.Equal(1000 + i, hits[0].Key);
            golden.Upsert(5000 + i, vector);
            Assert.True(golden.Remove(1000 + i));
            Assert.Equal(1, golden.Search(vector, hits, 30, Stop));
            Assert.Equal(5000 + i, hits[0].Key);
        }
    }

    /// <summary>The writer still writes those very bytes; a change of format must be a new version.</summary>
    /// <remarks>Those of version 1 without "ordered" have the rows of a build in the order they came, the others in the order a walk reaches them: the same format.</remarks>
    [Fact]
    public void The_same_index_is_written_to_the_same_bytes()
    {
        using var folder = new TestKit.TemporaryFolder();
        Write(folder["again"], VectorStorage.Float32);

        Assert.Equal(File.ReadAllBytes(Golden("index-v2-float32.bin")), File.ReadAllBytes(folder["again"]));
    }

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    /// <summary>Whole numbers, made unit by operations that IEEE 754 rounds alike on every machine.</summary>
    private static void Row(int i, Span<float> vector)
    {
        var random = new Random(i >= 50 ? 0 : i);
        var squares = 0;
        for (var j = 0; j < D; j++)
        {
            vector[j] = random.Next(-100, 101);
            squares += (int)(vector[j] * vector[j]);
        }

        for (var j = 0; j < D; j++)
        {
            vector[j] = (float)(vector[j] / Math.Sqrt(squares));
        }
    }

    private static void Write(string path, VectorStorage storage)
    {
        var vectors = new float[N * D];
        for (var i = 0; i < N; i++)
        {
            Row(i, vectors.AsSpan(i * D, D));
        }

        using var index = HnswIndex.Build(new HnswOptions { Dimensions = D, MaxLinks = 5, EfConstruction = 30, Storage = storage, Seed = 9 }, UnitVectors.Keys(N, 1000), vectors, cancellationToken: Stop);
        index.Save(path, "golden", Stop);
    }
}
