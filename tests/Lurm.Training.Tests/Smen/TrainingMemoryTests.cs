using Lurm.Store.Histories;
using Lurm.TestKit;
using Lurm.Training.Smen;
using TorchSharp;

namespace Lurm.Training.Tests.Smen;

/// <summary>Tensors live outside the collected heap: one forgotten per step ends a long training on a machine that looked large enough.</summary>
public sealed class TrainingMemoryTests
{
    private const int WarmPasses = 2;
    private const int Passes = 30;

    /// <summary>Tensors made on this thread and not disposed of; what only a finalizer frees counts as live, and other threads' tensors do not count.</summary>
    private static long LiveTensors => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    [Theory]
    [InlineData("Blocks", "Decay", "Mapped")]
    [InlineData("Attention", "Attention", "Fusion")]
    [InlineData("Gate", "Gru", "Reserved")]
    public void No_pass_leaves_a_tensor_behind(string anchor, string time, string aggregation)
    {
        TorchProbe.Load(1);
        using var folder = new TemporaryFolder();
        var options = Small(anchor, time, aggregation) with { KeyDimensions = 4, Epochs = Passes, Patience = Passes, BatchUsers = 32 };
        var bags = Synthetic.Bags(Synthetic.Histories(200, 5, 1), options);
        var live = new List<long>();
        var trainer = new SmenTrainer(options, 1, torch.CPU) { Checkpoint = new Checkpoint(folder["checkpoint.bin"], "f"), EpochEnded = _ => live.Add(LiveTensors) };

        using var trained = trainer.Train(bags, TestContext.Current.CancellationToken);

        Assert.Equal(Passes, live.Count);
        Assert.True(trained.HeldOutUsers > 0, "expected held-out users, whose measuring is a part of every pass");
        Assert.True(live[WarmPasses] > 0, "expected the network's own tensors among those counted");
        Assert.Single(live[WarmPasses..].Distinct());
    }

    [Fact]
    public void A_training_that_ended_leaves_no_tensor_behind()
    {
        TorchProbe.Load(1);
        var options = new SmenOptions { Anchors = 4, AnchorDimensions = 4, Scales = [Scale.Lifetime, Scale.Recent], Epochs = 2 };
        var bags = Synthetic.Bags(Synthetic.Histories(60, 4, 2), options);
        var before = LiveTensors;

        for (var i = 0; i < 3; i++)
        {
            using var trained = new SmenTrainer(options, 1, torch.CPU).Train(bags, TestContext.Current.CancellationToken);
            Assert.True(LiveTensors > before, "expected the network's own tensors among those counted");
        }

        Assert.Equal(before, LiveTensors);
    }

    /// <summary>TorchSharp's operators make scalars that nothing holds while native code reads them: a fit failed with "Unknown scalar type", once in some hours.</summary>
    [Theory]
    [InlineData("Attention", "Attention", "Fusion")]
    [InlineData("Blocks", "Gru", "Mapped")]
    public async Task Collections_free_no_number_that_native_code_reads(string anchor, string time, string aggregation)
    {
        TorchProbe.Load(1);
        var options = Small(anchor, time, aggregation) with { Epochs = 6, BatchUsers = 16 };
        var bags = Synthetic.Bags(Synthetic.Histories(100, 5, 3), options);
        using var ended = new CancellationTokenSource();
        var collecting = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }, CancellationToken.None);
        using (new SmenTrainer(options, 1, torch.CPU).Train(bags, TestContext.Current.CancellationToken))
        {
            await ended.CancelAsync();
        }

        await collecting;
    }

    private static SmenOptions Small(string anchor, string time, string aggregation) => new()
    {
        Anchors = 4,
        AnchorDimensions = 4,
        Anchor = Enum.Parse<AnchorKind>(anchor),
        Time = Enum.Parse<TimeKind>(time),
        Aggregation = Enum.Parse<ScaleKind>(aggregation),
        Scales = [Scale.Lifetime, Scale.Recent, Scale.Month],
        MaxPeriods = 6,
    };
}
