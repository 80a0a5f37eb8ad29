using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Lurm.Api.Tests.ForeignClient;

/// <summary>One run of <c>requests.cjs</c> against one shop; skips where there is no node.</summary>
public sealed class ForeignClientRun : IAsyncLifetime
{
    private JsonElement? _answers;

    public async ValueTask InitializeAsync()
    {
        if (!HasNode())
        {
            return;
        }

        using var shop = new Shop();
        await using var server = await Server.StartAsync(shop);
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "ForeignClient", "requests.cjs"), server.Root.AbsoluteUri])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync();
        var error = node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await error);
        _answers = JsonDocument.Parse(await output).RootElement;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the client found under <paramref name="name"/>.</summary>
    public JsonElement Answer(string name)
    {
        Assert.SkipUnless(_answers is not null, "needs node");
        return _answers!.Value.GetProperty(name);
    }

    private static bool HasNode()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true });
            node!.WaitForExit();
            return node.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
