namespace Lurm.Api.Tests;

/// <summary>One shop and one server for the tests of a class that only read.</summary>
public sealed class ShopServer : IAsyncLifetime
{
    private readonly Shop _shop = new();

    internal Server Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await Server.StartAsync(_shop);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _shop.Dispose();
    }
}
