using System.Diagnostics;
using Lurm.Store;
using Lurm.TestKit;
using Lurm.Training.Tests.Items;

namespace Lurm.Training.Tests;

/// <summary>The real <c>lurm-train fit</c>, killed without a chance to clean up.</summary>
public sealed class KilledFitTests
{
    private const string ModelId = "kept";

    /// <summary>How long a process may take to its first checkpoint before it counts as hung; reached by none that works.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(2);

    /// <summary>Passes enough that the first checkpoint is far from the end.</summary>
    private const string Config = """
        { "itemDimensions": 8, "smen": { "anchors": 4, "anchorDimensions": 4, "scales": ["lifetime"], "trainedShare": 1, "epochs": 80, "patience": 80, "batchUsers": 16 } }
        """;

    [Fact]
    public async Task A_killed_fit_goes_on_from_its_checkpoint_and_ends_with_the_bytes_of_one_that_was_left_alone()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["fit.json"], Config, TestContext.Current.CancellationToken);
        using (var shop = new TasteShop(users: 240, periods: 4, switches: false))
        {
            shop.Database.Dispose();
            Copy(shop.Database.Folder, folder["killed.lurm"]);
            Copy(shop.Database.Folder, folder["whole.lurm"]);
        }

        var leftAlone = Fit(folder, "whole.lurm");
        await KillAfterFirstCheckpoint(folder);
        Assert.True(File.Exists(Checkpoint(folder)), "expected the checkpoint to outlive the process");
        Assert.False(Directory.Exists(Model(folder, "killed.lurm")), "the fit had ended before it was killed");

        var resumed = await Fit(folder, "killed.lurm");
        var whole = await leftAlone;

        Assert.Matches("trained 80 passes, [0-9]+ of them before it was interrupted", resumed);
        Assert.Contains("trained 80 passes:", whole);
        Assert.False(File.Exists(Checkpoint(folder)));
        foreach (var file in (string[])["encoder.onnx", "head.onnx", "tables.bin", "interests.bin"])
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(Path.Combine(Model(folder, "whole.lurm"), file), TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(Path.Combine(Model(folder, "killed.lurm"), file), TestContext.Current.CancellationToken));
        }

        using var database = LurmDatabase.Open(folder["killed.lurm"]);
        Assert.Equal(ModelState.Candidate, Assert.Single(database.Models).State);
        Assert.Empty(database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
    }

    private static async Task KillAfterFirstCheckpoint(TemporaryFolder folder)
    {
        using var process = Start(folder, "killed.lurm");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        var clock = Stopwatch.StartNew();
        while (!File.Exists(Checkpoint(folder)) && !process.HasExited && clock.Elapsed < Patience)
        {
            await Task.Delay(BetweenLooks, TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await output;
        Assert.True(process.ExitCode != 0, $"expected a killed process; it ended by itself and said: {await errors}");
    }

    /// <summary>Fits to the end; what it said on stderr.</summary>
    private static async Task<string> Fit(TemporaryFolder folder, string database)
    {
        using var process = Start(folder, database);
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return await errors;
    }

    /// <summary>On one thread, on which the same seed gives the same bits.</summary>
    private static Process Start(TemporaryFolder folder, string database) => Process.Start(new ProcessStartInfo(
        "dotnet",
        ["exec", Path.Combine(AppContext.BaseDirectory, "Lurm.Training.dll"), "fit", folder[database], "--config", folder["fit.json"], "--seed", "5", "--threads", "1", "--model-id", ModelId])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static string Checkpoint(TemporaryFolder folder) => Path.Combine(folder["killed.lurm"], "training", "checkpoint.bin");

    private static string Model(TemporaryFolder folder, string database) => Path.Combine(folder[database], "models", ModelId);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
