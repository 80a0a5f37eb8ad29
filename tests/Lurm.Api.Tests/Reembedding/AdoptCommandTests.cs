using Lurm.Api.Tests.Commands;
using Lurm.Store;

namespace Lurm.Api.Tests.Reembedding;

/// <summary>The night on another machine: backup here, embed there, adopt here.</summary>
public sealed class AdoptCommandTests : IDisposable
{
    private readonly Shop _shop = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_embedded_elsewhere_is_adopted_without_the_users_erased_since()
    {
        var (backup, file) = (_shop.Files["night.backup"], _shop.Files["night.generation"]);
        _shop.Lurm.Ingest([new BehaviourEvent { User = "newcomer", Item = "tea-1", Time = DateTimeOffset.UnixEpoch.AddYears(55) }], "later", cancellationToken: Token);
        Assert.Equal(0, (await Cli.InvokeAsync("backup", _shop.Folder, backup)).ExitCode);

        var embedded = await Cli.InvokeAsync("embed", "--from", backup, "--publish-to", file);
        _shop.Lurm.Erase([Shop.Id(3)], cancellationToken: Token);
        var adopted = await Cli.InvokeAsync("adopt", _shop.Folder, file);

        Assert.Equal((0, string.Empty), (embedded.ExitCode, embedded.Error));
        Assert.Equal((0, string.Empty), (adopted.ExitCode, adopted.Error));
        Assert.Contains($"{Shop.Users} users; 1 of the file are not here any more", adopted.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(file + ".work"));
        var similar = await Cli.InvokeAsync("similar", _shop.Folder, "newcomer", "--json");
        Assert.Equal(0, similar.ExitCode);
        Assert.DoesNotContain(Shop.Id(3), similar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_cut_short_is_refused_and_the_old_generation_stays()
    {
        var file = _shop.Files["night.generation"];
        Assert.Equal(0, (await Cli.InvokeAsync("embed", _shop.Folder, "--publish-to", file)).ExitCode);
        var bytes = await File.ReadAllBytesAsync(file, Token);
        await File.WriteAllBytesAsync(file, bytes[..^100], Token);
        var before = _shop.Lurm.Similar("u004", cancellationToken: Token);

        var adopted = await Cli.InvokeAsync("adopt", _shop.Folder, file);

        Assert.Equal(1, adopted.ExitCode);
        Assert.Contains(file, adopted.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(before.Select(user => user.Id), _shop.Lurm.Similar("u004", cancellationToken: Token).Select(user => user.Id));
    }

    [Theory]
    [InlineData("--all")]
    [InlineData("--from", "a.backup")]
    [InlineData("shop.lurm", "--from", "a.backup", "--publish-to", "b")]
    public async Task A_command_line_that_names_no_one_place_is_wrong_usage(params string[] args)
    {
        var run = await Cli.InvokeAsync(["embed", .. args]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Expected a database, or --from with --publish-to.", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cuda_is_refused_where_there_is_none_and_only_cuda_or_cpu_falls_back_and_says_so()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "this machine has a GPU");

        var refused = await Cli.InvokeAsync("embed", _shop.Folder, "--all", "--device", "cuda");
        var fallen = await Cli.InvokeAsync("embed", _shop.Folder, "--all", "--device", "cuda-or-cpu");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("device cuda was asked for; expected an NVIDIA GPU", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(0, fallen.ExitCode);
        Assert.Contains("warning: device cuda was asked for", fallen.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("on cpu", fallen.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _shop.Dispose();
}
