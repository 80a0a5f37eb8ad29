using System.CommandLine;
using Lurm.Api.Security;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm serve</c>.</summary>
internal static class ServeCommand
{
    private const string DefaultUrl = "http://localhost:5080";

    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var urls = new Option<string>("--urls") { Description = "Where to listen, separated by ';'.", DefaultValueFactory = _ => DefaultUrl };
        var keys = new Option<string?>("--api-keys") { Description = "The file with hashed API keys that 'lurm key' writes. Without one, only this machine is served.", HelpName = "FILE" };
        var command = new Command("serve", "Serve the REST API: OData at /odata, events at /events.") { database, urls, keys };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await ServeAsync(shell, parsed.GetRequiredValue(database), parsed.GetRequiredValue(urls), parsed.GetValue(keys), cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task ServeAsync(Shell shell, string folder, string urls, string? keys, CancellationToken cancellationToken)
    {
        var addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (addresses.Length == 0 || addresses.Any(address => !Uri.TryCreate(address.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal), UriKind.Absolute, out _)))
        {
            throw new UsageException($"--urls is '{urls}'; expected addresses such as {DefaultUrl}.");
        }

        if (keys is null && OpenServerGuard.Refusal(addresses) is { } refusal)
        {
            throw new UsageException(refusal);
        }

        if (keys is not null)
        {
            ApiKeyFile.Read(keys);
        }

        using var lurm = LurmDatabase.Open(folder);
        await using var app = LurmApplication.Build(lurm, addresses, options => options.ApiKeysFile = keys);
        await app.StartAsync(cancellationToken);
        foreach (var address in app.Urls)
        {
            await shell.Output.WriteLineAsync($"Serving '{lurm.Folder}' at {address}/odata/  (Ctrl-C stops)");
        }

        await shell.Output.FlushAsync(cancellationToken);
        try
        {
            await app.WaitForShutdownAsync(cancellationToken);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }
}
