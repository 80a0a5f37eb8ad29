using Lurm.Campaigns.Fuzzing;

namespace Lurm.Campaigns.Tests;

/// <summary>Mutated inputs for a few seconds, and every input that ever broke something.</summary>
public sealed class FuzzCampaignTests
{
    private static readonly string Corpora = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Corpora");

    public static TheoryData<string, string> KeptInputs => new(Directory.GetFiles(Corpora, "*", SearchOption.AllDirectories)
        .Select(path => (Path.GetFileName(Path.GetDirectoryName(path)!), Path.GetFileName(path))));

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    /// <summary>The file's name says what it is, or what it once broke.</summary>
    [Theory]
    [MemberData(nameof(KeptInputs))]
    public void A_kept_input_is_accepted_or_refused_with_the_typed_error(string target, string file)
    {
        using var reader = FuzzTargets.Create(target);

        Assert.Null(FuzzCampaign.Try(reader, File.ReadAllBytes(Path.Combine(Corpora, target, file))));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Mutated_inputs_meet_nothing_but_typed_errors(string target)
    {
        using var one = FuzzTargets.Create(target);
        var executions = Math.Clamp((long)(one.Share * 40), 30, 4_000);

        Assert.Empty(FuzzCampaign.Run(new CampaignOptions(executions, Seed: 7) { CancellationToken = TestContext.Current.CancellationToken }, target).Findings);
    }
}
