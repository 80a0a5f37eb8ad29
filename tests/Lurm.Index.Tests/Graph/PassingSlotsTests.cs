namespace Lurm.Index.Tests.Graph;

public sealed class PassingSlotsTests
{
    private const int D = 16;
    private const int N = 3_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(VectorStorage.Float32)]
    [InlineData(VectorStorage.Int8)]
    public void A_filter_that_comes_again_answers_as_one_that_is_new(VectorStorage storage)
    {
        // Every third vector is the one before it: equal vectors are linked once, and the filter may pass only the twin.
        var vectors = UnitVectors.Clustered(N, D, seed: 11);
        for (var row = 2; row < N; row += 3)
        {
            vectors.AsSpan((row - 1) * D, D).CopyTo(vectors.AsSpan(row * D, D));
        }

        using var index = HnswIndex.Build(new HnswOptions { Dimensions = D, Storage = storage }, UnitVectors.Keys(N), vectors, cancellationToken: Stop);
        var random = new Random(5);
        var repeated = Enumerable.Range(2, 5).Select(divisor => VectorFilter.FromBits(Bits(divisor))).ToArray();
        for (var round = 0; round < 40; round++)
        {
            for (var divisor = 2; divisor < 7; divisor++)
            {
                var query = UnitVectors.Row(vectors, random.Next(N), D);
                var (again, anew) = (new Neighbor[10], new Neighbor[10]);
                var found = index.Search(query, again, 16, repeated[divisor - 2], Stop);

                Assert.Equal(index.Search(query, anew, 16, VectorFilter.FromBits(Bits(divisor)), Stop).Count, found.Count);
                Assert.Equal(anew, again);
                Assert.All(again[..found.Count], hit => Assert.Equal(0, hit.Key % divisor));
            }

            // Every few rounds something changes: a key goes, one comes back elsewhere, one is new and lies beyond all slots there were.
            if (round % 4 == 3)
            {
                index.Remove(random.Next(N));
                index.Upsert(random.Next(N), UnitVectors.Row(vectors, random.Next(N), D));
                index.Upsert(N + round, UnitVectors.Row(vectors, random.Next(N), D));
            }
        }
    }

    private static ulong[] Bits(int divisor)
    {
        var bits = new ulong[(N + 100) / 64];
        for (var key = 0; key < bits.Length * 64; key += divisor)
        {
            bits[key >> 6] |= 1ul << key;
        }

        return bits;
    }
}
