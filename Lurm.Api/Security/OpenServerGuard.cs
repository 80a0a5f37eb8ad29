using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Lurm.Api.Security;

/// <summary>Refuses to start on an address that others reach while there are no keys.</summary>
internal sealed class OpenServerGuard(Authenticator authenticator, IServiceProvider services) : IHostedLifecycleService
{
    /// <summary>Whether <paramref name="url"/> is reached from this machine only.</summary>
    public static bool IsLoopback(string url)
    {
        var authority = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var host = authority.StartsWith('[') ? authority[1..Math.Max(1, authority.IndexOf(']', StringComparison.Ordinal))] : authority.Split(':', '/')[0];
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
            || authority.StartsWith("unix:", StringComparison.Ordinal);
    }

    /// <summary>The refusal, or nothing where <paramref name="urls"/> are all of this machine.</summary>
    public static string? Refusal(IEnumerable<string> urls) =>
        urls.FirstOrDefault(url => !IsLoopback(url)) is { } open
            ? $"'{open}' is reached by others, and there are no API keys. Make a key with 'lurm key FILE NAME --role read' and serve with --api-keys FILE, or listen on localhost."
            : null;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return authenticator.IsOpen && Refusal(addresses) is { } refusal ? throw new InvalidOperationException(refusal) : Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
