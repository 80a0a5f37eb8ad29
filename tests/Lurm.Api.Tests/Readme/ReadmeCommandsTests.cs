using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Lurm.TestKit;

namespace Lurm.Api.Tests.Readme;

/// <summary>The README's own lines, run by a shell as a newcomer would: five commands to an audience, then questions and <c>curl</c>.</summary>
public sealed class ReadmeCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Five_commands_lead_from_a_file_to_an_explained_audience_and_the_curl_lines_answer()
    {
        var training = TrainingProgram();
        Assert.SkipWhen(training is null, "needs lurm-train built beside these tests");
        Assert.SkipUnless(File.Exists("/bin/bash") && File.Exists("/usr/bin/curl"), "needs bash and curl");
        var blocks = ReadmeBlock.OfReadme("console").Select(Commands).ToArray();
        var five = Assert.Single(blocks, block => block[0].StartsWith("lurm create", StringComparison.Ordinal));
        var then = Assert.Single(blocks, block => block.Any(line => line.StartsWith("curl", StringComparison.Ordinal)));
        Assert.Equal(["lurm create", "lurm ingest", "lurm-train fit", "lurm embed", "lurm lookalike"], five.Select(line => string.Join(' ', line.Split(' ').Take(2))));
        ReadmeShop.Write(_folder.Path);

        var outputs = new List<string>();
        foreach (var line in five)
        {
            outputs.Add(await RunAsync(line, training!));
        }

        Assert.Contains((ReadmeShop.Customers * 5 / 100).ToString(System.Globalization.CultureInfo.InvariantCulture) + " members", outputs[^1], StringComparison.Ordinal);
        Assert.Contains("PARTY BUNTING", outputs[^1], StringComparison.Ordinal);
        await AskAsync(then, training!);
    }

    private async Task AskAsync(string[] lines, string training)
    {
        var address = $"127.0.0.1:{FreePort()}";
        var serve = lines.Single(line => line.StartsWith("lurm serve", StringComparison.Ordinal));
        using var server = Start(Elsewhere(serve), training);
        try
        {
            while (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } said && !said.StartsWith("Serving", StringComparison.Ordinal))
            {
            }

            foreach (var line in lines.Where(line => line != serve))
            {
                var output = await RunAsync(Elsewhere(line), training);
                if (!line.StartsWith("curl", StringComparison.Ordinal))
                {
                    Assert.NotEmpty(output);
                    continue;
                }

                var answer = JsonDocument.Parse(output).RootElement;
                Assert.False(answer.TryGetProperty("error", out _), $"{line}\n{output}");
                var rows = answer.TryGetProperty("value", out var value) ? value : answer.GetProperty("Members");
                Assert.True(rows.GetArrayLength() >= 3, $"{line}\n{output}");
            }
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
        }

        // The README's port may be taken on this machine.
        string Elsewhere(string line) => line.Replace("127.0.0.1:5080", address, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string line, string training)
    {
        using var process = Start(line.StartsWith("curl", StringComparison.Ordinal) ? line.Replace("curl", "curl -sS", StringComparison.Ordinal) : line, training);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{line}\n{output}\n{await error}");
        return output;
    }

    private Process Start(string line, string training)
    {
        var lurm = Path.Combine(AppContext.BaseDirectory, "Lurm.Api.dll");
        var script = $"lurm() {{ dotnet exec '{lurm}' \"$@\"; }}\nlurm-train() {{ dotnet exec '{training}' \"$@\"; }}\n{line}\n";
        return Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>A block's lines, with those that a backslash continues in one.</summary>
    private static string[] Commands(string block) =>
        block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();

    private static string? TrainingProgram()
    {
        var program = ReadmeBlock.Repository() is { } root ? Path.Combine(root, "artifacts/bin/Lurm.Training/release/Lurm.Training.dll") : null;
        return File.Exists(program) ? program : null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
