using Lurm.Store;

namespace NightlyHost;

/// <summary><c>dotnet run --project samples/NightlyHost -- --Database shop.lurm --At 03:00</c>: embeds what changed at the start, then every night at that time, UTC.</summary>
internal static class Program
{
    public static async Task Main(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        var folder = builder.Configuration["Database"] ?? throw new ArgumentException("--Database is missing; expected the folder of a Lurm database.");
        builder.Services.AddSingleton(_ => LurmDatabase.Open(folder));
        builder.Services.AddHostedService<NightlyReembedding>();
        using var host = builder.Build();
        await host.RunAsync();
    }
}
