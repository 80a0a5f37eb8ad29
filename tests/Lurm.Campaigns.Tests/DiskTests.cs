using System.Diagnostics;
using Lurm.Api;
using Lurm.Store;
using Lurm.Store.Tests.Generations;

namespace Lurm.Campaigns.Tests;

/// <summary>Disks that refuse: the process says what happened, and what was acknowledged before is all there.</summary>
public sealed class DiskTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A limit on the size of files stands in for a full disk: the write that passes it fails.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(512)]
    [InlineData(1_024)]
    public async Task A_full_disk_stops_an_ingestion_and_loses_nothing(int kilobytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs ulimit");
        using var shop = new Shop(users: 40);
        var before = shop.Database.GetStats(Token).Events;
        shop.Database.Dispose();
        await File.WriteAllLinesAsync(shop["large.csv"], Enumerable.Range(0, 60_000).Select(i => $"user-{i % 30_000},i{i % 12},{1_735_700_000 + i}").Prepend("user,item,time"), Token);

        var (exitCode, errors) = await RunLimitedAsync(kilobytes, "ingest", shop.Folder, shop["large.csv"], "--user", "user", "--item", "item", "--time", "time", "--batch-id", "large");

        Assert.Equal(1, exitCode);
        Assert.Single(errors.Trim().Split('\n'));
        using var database = LurmDatabase.Open(shop.Folder);
        Assert.True(database.Check(cancellationToken: Token).IsClean);
        var stats = database.GetStats(Token);
        Assert.Equal(stats.Batches == 1 ? before : before + 60_000, stats.Events);

        // With room again the same batch goes in, once.
        database.IngestFiles([shop["large.csv"]], new EventMapping { UserColumn = "user", ItemColumn = "item", TimeColumn = "time" }, new IngestOptions { BatchId = "large" }, cancellationToken: Token);
        Assert.Equal(before + 60_000, database.GetStats(Token).Events);
    }

    [Fact]
    public async Task A_full_disk_stops_an_embedding_and_leaves_the_generation_before()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs ulimit");
        using var shop = new Shop(users: 400);
        shop.Register("m1");
        shop.Database.Embed(cancellationToken: Token);
        shop.Register("m2", seed: 2);
        var before = shop.Database.Similar("u1", cancellationToken: Token).Select(user => user.Score).ToArray();
        shop.Database.Dispose();

        // Room for what is there, and not for another snapshot and its rows.
        var (exitCode, errors) = await RunLimitedAsync(48, "embed", shop.Folder, "--model", "m2");

        Assert.Equal(1, exitCode);
        Assert.Single(errors.Trim().Split('\n'));
        using var database = LurmDatabase.Open(shop.Folder);
        Assert.Equal(before, database.Similar("u1", cancellationToken: Token).Select(user => user.Score));
        Assert.True(database.Check(cancellationToken: Token).IsClean);
    }

    [Fact]
    public void A_snapshot_torn_at_any_section_costs_time_and_no_answer()
    {
        using var victim = new Corruption.Victim();
        var snapshot = victim.Files.Keys.Single(path => path.EndsWith(".hnsw", StringComparison.Ordinal) && path.Contains("g1-", StringComparison.Ordinal));
        var good = victim.Files[snapshot];
        foreach (var section in Index.Snapshots.SnapshotHeader.Read(good, snapshot, good.Length).Sections)
        {
            victim.Copy(snapshot, [.. good[..(int)section.Offset], .. new byte[good.Length - section.Offset]]);
            using var database = LurmDatabase.Open(victim.Folder);
            Assert.Null(victim.Compare(database));
        }
    }

    private static async Task<(int ExitCode, string Errors)> RunLimitedAsync(int kilobytes, params string[] arguments)
    {
        // Ignored, the signal of the limit becomes an error of the write, as a full disk's.
        var script = $"trap '' XFSZ; ulimit -f {kilobytes}; exec dotnet \"$@\"";
        var start = new ProcessStartInfo("bash", ["-c", script, "lurm", typeof(LurmApplication).Assembly.Location, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // The runtime's own double mapping is a file too.
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        await output;
        return (process.ExitCode, errors);
    }
}
