using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Operations;

public sealed class GenerationCheckTests
{
    [Theory]
    [InlineData("DELETE FROM users WHERE id = 'u7'; DELETE FROM histories WHERE user_key = 8", "representations")]
    [InlineData("UPDATE representations SET vector = zeroblob(length(vector)) WHERE rowid = (SELECT min(rowid) FROM representations)", "representations")]
    [InlineData("UPDATE representations SET vector = zeroblob(64) WHERE rowid = (SELECT min(rowid) FROM representations)", "representations")]
    [InlineData("DELETE FROM representations WHERE rowid = (SELECT max(rowid) FROM representations)", "index")]
    [InlineData(
        "UPDATE representations SET vector = (SELECT vector FROM representations r WHERE r.rowid = (SELECT min(rowid) FROM representations)) WHERE rowid = (SELECT min(rowid) + 1 FROM representations)",
        "index")]
    public void Representations_are_held_against_users_and_the_index_against_representations(string damage, string area)
    {
        using var shop = new Shop();
        shop.Register();
        shop.Database.Embed(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(shop.Database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
        using (var write = shop.Database.Connections.Write(TestContext.Current.CancellationToken))
        {
            write.Session.Execute(damage);
            write.Commit();
        }

        Assert.Contains(shop.Database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems, problem => problem.Area == area && !problem.IsRepaired);
        shop.Database.Check(repair: true, TestContext.Current.CancellationToken);

        Assert.Empty(shop.Database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
    }

    [Fact]
    public void A_damaged_snapshot_is_found_and_built_anew()
    {
        using var shop = new Shop();
        shop.Register();
        shop.Database.Embed(cancellationToken: TestContext.Current.CancellationToken);
        var snapshot = Assert.Single(Directory.GetFiles(Path.Combine(shop.Folder, "index")));
        var bytes = File.ReadAllBytes(snapshot);
        bytes[bytes.Length / 2] ^= 0x55;
        File.Delete(snapshot);
        File.WriteAllBytes(snapshot, bytes);

        Assert.Equal("index", Assert.Single(shop.Database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems).Area);
        Assert.True(shop.Database.Check(repair: true, TestContext.Current.CancellationToken).IsClean);
        Assert.Empty(shop.Database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
        shop.Reopen();
        Assert.NotEmpty(shop.Database.Similar("u1", cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void An_export_holds_the_representation()
    {
        using var shop = new Shop();
        shop.Register();
        shop.Database.Embed(cancellationToken: TestContext.Current.CancellationToken);
        using var export = System.Text.Json.JsonDocument.Parse(shop.Database.ExportUser("u1"));
        var representation = export.RootElement.GetProperty("representation");

        Assert.True(shop.Database.TryGetRepresentation("u1", out var vector));
        Assert.Equal("m1", representation.GetProperty("modelId").GetString());
        Assert.Equal(vector, representation.GetProperty("vector").EnumerateArray().Select(component => component.GetSingle()));
    }
}
