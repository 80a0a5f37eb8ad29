using System.Diagnostics;
using System.Text.Json.Nodes;
using Lurm.TestKit;

namespace Lurm.Api.Tests.Reembedding;

/// <summary>An executable that brings the managed half of ONNX Runtime only, as a host of Lurm.Store may.</summary>
public sealed class MissingOnnxRuntimeTests
{
    private const string Manifest = "Lurm.Api.deps.json";
    private const string Native = "onnxruntime";

    [Fact]
    public async Task Embedding_without_the_native_library_names_the_package_to_add()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links files");
        using var shop = new Shop();
        using var host = new TemporaryFolder();
        LinkWithoutNativeLibrary(host);

        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", host["Lurm.Api.dll"], "embed", shop.Folder, "--all"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var token = TestContext.Current.CancellationToken;
        var error = process.StandardError.ReadToEndAsync(token);
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(token));
        await process.WaitForExitAsync(token);

        Assert.Equal(1, process.ExitCode);
        var line = Assert.Single((await error).Split('\n', StringSplitOptions.RemoveEmptyEntries), text => text.StartsWith("lurm: ", StringComparison.Ordinal));
        Assert.Contains("ONNX Runtime's native library was not found", line, StringComparison.Ordinal);
        Assert.Contains("add the package Microsoft.ML.OnnxRuntime ", line, StringComparison.Ordinal);
        Assert.NotEmpty(shop.Lurm.Similar(Shop.Id(1), cancellationToken: token));
    }

    /// <summary>The executable's folder once more, without the native library and without the dependency manifest's word of it.</summary>
    private static void LinkWithoutNativeLibrary(TemporaryFolder host)
    {
        var folder = AppContext.BaseDirectory;
        foreach (var path in Directory.EnumerateFiles(folder).Concat(Directory.EnumerateFiles(Path.Combine(folder, "runtimes"), "*e_sqlite3*", SearchOption.AllDirectories)))
        {
            var target = host[Path.GetRelativePath(folder, path)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(path) is "Lurm.Api.dll" or "Microsoft.ML.OnnxRuntime.dll")
            {
                // Both look for their neighbours beside the file itself, not beside a link to it.
                File.Copy(path, target);
            }
            else if (Path.GetFileName(path) != Manifest)
            {
                File.CreateSymbolicLink(target, path);
            }
        }

        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Manifest)))!;
        foreach (var (_, library) in manifest["targets"]!.AsObject().SelectMany(target => target.Value!.AsObject()))
        {
            if (library!["runtimeTargets"] is JsonObject assets)
            {
                foreach (var native in assets.Select(asset => asset.Key).Where(path => path.Contains(Native, StringComparison.Ordinal)).ToArray())
                {
                    assets.Remove(native);
                }
            }
        }

        File.WriteAllText(host[Manifest], manifest.ToJsonString());
    }
}
