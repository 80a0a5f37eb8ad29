using Lurm.Store.Tests.Encoders;

namespace Lurm.Store.Tests.Generations;

public sealed class ErasedRepresentationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void An_erased_user_is_in_no_answer_no_row_and_no_snapshot()
    {
        using var shop = new Shop(users: 40);
        shop.Register("m1");
        shop.Database.Embed(cancellationToken: Token);
        shop.Register("m2", seed: 2);
        shop.Database.Embed(cancellationToken: Token);
        shop.Database.TryGetRepresentation("u10", out var vector);
        shop.Database.TryGetUserKey("u10", out var key);

        var report = shop.Database.Erase(["u10"], cancellationToken: Token);

        Assert.Equal(2, report.Representations);
        Assert.DoesNotContain(shop.Database.Similar("u6", k: 39, cancellationToken: Token), user => user.Id == "u10");
        Assert.DoesNotContain(shop.Database.Lookalike(new LookalikeQuery { Seeds = ["u6"], Size = AudienceSize.Percent(100) }, Token).Members, member => member.Id == "u10");
        using (var view = shop.Database.Views.Borrow(Token))
        {
            Assert.False(view.Index.Contains(key));
        }

        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(vector.AsSpan());
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shop.Folder, "index")))
        {
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(bytes) < 0, $"{file} still holds the erased vector");
        }

        shop.Reopen();
        Assert.Equal(38, shop.Database.Similar("u6", k: 100, cancellationToken: Token).Count);
        Assert.Equal(39, shop.Database.GetStats(Token).Representations);
    }

    [Fact]
    public void Another_process_that_has_the_generation_open_forgets_the_user_when_it_next_looks()
    {
        using var shop = new Shop(users: 40);
        shop.Register(bags: [Models.Lifetime()]);
        shop.Database.Embed(cancellationToken: Token);
        var time = new ManualTime();
        using var reader = shop.OpenAgain(time);
        Assert.Contains(reader.Similar("u6", k: 39, cancellationToken: Token), user => user.Id == "u10");

        shop.Database.Erase(["u10"], cancellationToken: Token);

        // Even before it looks: the id is gone.
        Assert.DoesNotContain(reader.Similar("u6", k: 39, cancellationToken: Token), user => user.Id == "u10");
        time.Advance(TimeSpan.FromSeconds(1));
        reader.Similar("u6", cancellationToken: Token);
        using var view = reader.Views.Borrow(Token);
        Assert.Equal(39, view.Index.Count);
    }

    [Fact]
    public void A_user_erased_while_a_generation_is_built_does_not_come_back_with_it()
    {
        using var shop = new Shop(users: 40);
        shop.Register("m1");
        using var other = shop.OpenAgain();
        var progress = new At(EmbedStage.Publishing, () => other.Erase(["u10"], cancellationToken: Token));

        shop.Database.Embed(null, progress, Token);

        Assert.False(shop.Database.TryGetRepresentation("u10", out _));
        Assert.Equal(38, shop.Database.Similar("u6", k: 100, cancellationToken: Token).Count);
        shop.Reopen();
        Assert.Equal(38, shop.Database.Similar("u6", k: 100, cancellationToken: Token).Count);
    }

    private sealed class At(EmbedStage stage, Action act) : IProgress<EmbedProgress>
    {
        private bool _done;

        public void Report(EmbedProgress value)
        {
            if (!_done && value.Stage == stage)
            {
                _done = true;
                act();
            }
        }
    }
}
