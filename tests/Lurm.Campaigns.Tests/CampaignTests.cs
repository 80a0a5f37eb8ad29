using Lurm.Campaigns.Concurrency;
using Lurm.Campaigns.Corruption;
using Lurm.Campaigns.Crashes;

namespace Lurm.Campaigns.Tests;

/// <summary>The campaigns for a few seconds each; <c>tests/Lurm.Campaigns</c> runs them for as long as one likes.</summary>
public sealed class CampaignTests
{
    [Fact]
    public void Killed_processes_lose_nothing_acknowledged_and_double_nothing() =>
        Assert.Empty(CrashCampaign.Run(Options(8)).Findings);

    [Fact]
    public void Damaged_files_give_the_right_answer_or_a_typed_error() =>
        Assert.Empty(CorruptionCampaign.Run(Options(120)).Findings);

    [Fact]
    public void Concurrent_reads_are_explained_by_the_writes_around_them() =>
        Assert.Empty(ConcurrencyCampaign.Run(Options(4)).Findings);

    private static CampaignOptions Options(long count) => new(count, Seed: 3) { CancellationToken = TestContext.Current.CancellationToken };
}
