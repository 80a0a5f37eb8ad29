using System.Runtime.InteropServices;

namespace Lurm.Store.Tests.Generations;

/// <summary>A snapshot's blocks are checked when first touched, which may be in the middle of a query.</summary>
public sealed class DamagedSnapshotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_block_that_does_not_hold_costs_a_rebuild_and_no_answer()
    {
        using var shop = Damaged(out var expected);

        AssertClose(expected, Scores(shop));

        Assert.Contains("checksum", shop.Database.IndexFallback, StringComparison.Ordinal);
        Assert.Contains(shop.Database.Check(cancellationToken: Token).Problems, problem => problem.Area == "index");
    }

    [Fact]
    public void Repair_makes_the_snapshot_anew()
    {
        using var shop = Damaged(out var expected);

        Assert.Contains(shop.Database.Check(repair: true, Token).Problems, problem => problem.IsRepaired);
        shop.Reopen();

        AssertClose(expected, Scores(shop));
        Assert.True(shop.Database.Check(cancellationToken: Token).IsClean);
    }

    private static float[] Scores(Shop shop) => [.. shop.Database.Similar("u1", k: 8, cancellationToken: Token).Select(user => user.Score)];

    // Rows in another order are summed in another order.
    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    // Vectors are what opening does not read.
    private static Shop Damaged(out float[] expected)
    {
        var shop = new Shop(users: 60);
        shop.Register();
        shop.Database.Embed(cancellationToken: Token);
        expected = Scores(shop);
        Assert.True(shop.Database.TryGetRepresentation("u2", out var vector));
        shop.Database.Dispose();
        var snapshot = Directory.GetFiles(Path.Combine(shop.Folder, "index")).Single();
        var bytes = File.ReadAllBytes(snapshot);
        bytes[bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes(vector.AsSpan()))] ^= 1;
        File.WriteAllBytes(snapshot, bytes);
        shop.Reopen();
        return shop;
    }
}
