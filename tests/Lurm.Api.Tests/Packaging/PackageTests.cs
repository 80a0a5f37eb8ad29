using System.Diagnostics;
using Lurm.Api.Tests.Readme;
using Lurm.TestKit;

namespace Lurm.Api.Tests.Packaging;

/// <summary>The packages work for someone who has nothing but them.</summary>
public sealed class PackageTests
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Lurm.Store" Version="*" />
            <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />
          </ItemGroup>
        </Project>
        """;

    [Fact]
    public async Task An_empty_console_app_runs_the_README_example_from_the_packages()
    {
        var repository = ReadmeBlock.Repository();
        Assert.SkipWhen(repository is null, "needs the sources to pack them");
        using var folder = new TemporaryFolder();
        using var shop = new Shop();
        foreach (var project in (string[])["Lurm.Index", "Lurm.Store"])
        {
            await RunAsync(repository, "pack", project, "-c", "Release", "--no-build", "-o", folder["packages"]);
        }

        var app = Directory.CreateDirectory(folder["app"]).FullName;
        await WriteAsync(app, "app.csproj", Project);
        await WriteAsync(app, "Program.cs", "using Lurm.Store;\n\n" + ReadmeBlock.Example() + "\n");

        // Own packages from their folder alone; the rest from what this machine has restored already, without a network.
        await WriteAsync(app, "nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{folder["restored"]}" /></config>
              <packageSources><clear /><add key="local" value="{folder["packages"]}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{MachinePackages()}" /></fallbackPackageFolders>
            </configuration>
            """);
        await RunAsync(app, "build", "-c", "Release", "-o", folder["out"], "-nodeReuse:false");
        var output = await RunAsync(shop.Files.Path, "exec", Path.Combine(folder["out"], "app.dll"));

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.All(lines[..5], line => Assert.Matches(@"^u\d+ [01]\.\d{3}$", line));
        // Ten percent of all users and anna, rounded up.
        Assert.Equal($"{(Shop.Users + 1 + 9) / 10} users are like these 3", lines[5]);
        Assert.False(shop.Lurm.TryGetUser("anna", out _));
    }

    private static string MachinePackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static Task WriteAsync(string folder, string name, string text) => File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);

    private static async Task<string> RunAsync(string folder, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", args) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var error = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', args)} ended with {process.ExitCode}:\n{await output}\n{await error}");
        return await output;
    }
}
