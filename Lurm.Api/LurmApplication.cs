using Lurm.Store;
using Microsoft.Extensions.Logging.Console;

namespace Lurm.Api;

/// <summary>The web application that <c>lurm serve</c> runs; for other hosts too that want just that.</summary>
public static class LurmApplication
{
    /// <summary>Builds the application around an open database, which stays the caller's to dispose.</summary>
    /// <param name="lurm">The database.</param>
    /// <param name="urls">Where to listen; port 0 takes a free one.</param>
    /// <param name="configure">Changes the options; <see cref="LurmApiOptions.Database"/> is set already.</param>
    public static WebApplication Build(LurmDatabase lurm, IReadOnlyList<string> urls, Action<LurmApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(lurm);
        ArgumentNullException.ThrowIfNull(urls);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Lurm" });
        builder.WebHost.UseUrls([.. urls]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // Where nobody reads the output, lines are lost and counted: waiting would stop the threads that audiences and events are worked on by.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        builder.Services.AddSingleton(lurm);
        builder.Services.AddLurm(options =>
        {
            options.Database = lurm.Folder;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapLurm();
        return app;
    }
}
