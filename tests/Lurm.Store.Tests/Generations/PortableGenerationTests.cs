namespace Lurm.Store.Tests.Generations;

/// <summary>A copy of the database embeds on another machine; the original adopts what it made.</summary>
public sealed class PortableGenerationTests : IDisposable
{
    private readonly Shop _shop = new(users: 40);

    public PortableGenerationTests() => _shop.Register("m1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _shop.Dispose();

    [Fact]
    public void What_a_copy_embedded_is_served_here_without_the_users_erased_since()
    {
        using var copy = EmbeddedCopy();
        Assert.Equal(40, copy.PublishGeneration(_shop["g.bin"], Token));
        _shop.Database.Erase(["u10"], cancellationToken: Token);

        var report = _shop.Database.AdoptGeneration(_shop["g.bin"], Token);

        Assert.Equal(("m1", 39L, 1L), (report.ModelId, report.Users, report.Dropped));
        Assert.Equal((copy.LastEmbedding!.EndedAt, "cpu"), (_shop.Database.LastEmbedding!.EndedAt, _shop.Database.LastEmbedding.Device));
        copy.TryGetRepresentation("u7", out var there);
        _shop.Database.TryGetRepresentation("u7", out var here);
        Assert.Equal(there, here);
        Assert.Equal(38, _shop.Database.Similar("u1", k: 100, cancellationToken: Token).Count);
        _shop.Reopen();
        Assert.Equal(38, _shop.Database.Similar("u1", k: 100, cancellationToken: Token).Count);
        Assert.Single(Directory.GetFiles(Path.Combine(_shop.Folder, "index")));
    }

    [Fact]
    public void Users_that_changed_since_follow_with_the_next_embedding()
    {
        using var copy = EmbeddedCopy();
        copy.PublishGeneration(_shop["g.bin"], Token);
        _shop.Ingest([Shop.Event("u3", 0, 6), .. Shop.Events(50)]);
        _shop.Database.AdoptGeneration(_shop["g.bin"], Token);

        var report = _shop.Database.Embed(cancellationToken: Token);

        Assert.Equal((2, 41, false), (report.Embedded, report.Representations, report.IsNewGeneration));
    }

    [Fact]
    public void A_damaged_file_another_database_and_an_unknown_model_are_refused_and_change_nothing()
    {
        using var copy = EmbeddedCopy();
        copy.PublishGeneration(_shop["g.bin"], Token);
        var bytes = File.ReadAllBytes(_shop["g.bin"]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_shop["bad.bin"], bytes);

        Assert.Equal(StoreFault.Corrupt, Fault(_shop.Database, "bad.bin"));
        File.WriteAllBytes(_shop["short.bin"], bytes[..20]);
        Assert.Equal(StoreFault.Corrupt, Fault(_shop.Database, "short.bin"));
        Assert.Equal(StoreFault.NotFound, Fault(_shop.Database, "none.bin"));
        using var stranger = new Shop(users: 0);
        stranger.Ingest(Enumerable.Range(0, 40).Select(n => Shop.Event($"other{n}", 1, 1)));
        Assert.Equal(StoreFault.Incompatible, Fault(stranger.Database, "g.bin"));
        stranger.Register("m1");
        Assert.Equal(StoreFault.Incompatible, Fault(stranger.Database, "g.bin"));
        Assert.Throws<StoreException>(() => _shop.Database.Similar("u1", cancellationToken: Token));
    }

    private StoreFault Fault(LurmDatabase database, string name) =>
        Assert.Throws<StoreException>(() => database.AdoptGeneration(_shop[name], Token)).Fault;

    private LurmDatabase EmbeddedCopy()
    {
        Directory.CreateDirectory(_shop["copy"]);
        _shop.Database.Backup(Path.Combine(_shop["copy"], LurmDatabase.FileName), Token);
        var copy = LurmDatabase.Open(_shop["copy"]);
        copy.RegisterModel(Path.Combine(_shop.Folder, "models", "m1"));
        copy.Embed(cancellationToken: Token);
        return copy;
    }
}
