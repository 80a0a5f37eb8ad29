using Lurm.TestKit;
using Lurm.Training.Histories;
using Lurm.Training.Smen;
using TorchSharp;

namespace Lurm.Training.Tests.Smen;

public sealed class SmenTrainerTests
{
    private static readonly SmenOptions Options = new() { Anchors = 4, AnchorDimensions = 4, Scales = [Store.Histories.Scale.Lifetime, Store.Histories.Scale.Recent], Epochs = 5, BatchUsers = 64 };

    [Fact]
    public void Users_of_one_taste_lie_nearer_to_each_other_than_to_others()
    {
        var (vectors, users) = Train(Synthetic.Histories(240, 8, 1), checkpoint: null, TestContext.Current.CancellationToken);

        double same = 0, other = 0;
        int sameCount = 0, otherCount = 0;
        for (var i = 0; i < users.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var dot = Dot(vectors, i, j);
                if (users[i] % Synthetic.Tastes == users[j] % Synthetic.Tastes)
                {
                    (same, sameCount) = (same + dot, sameCount + 1);
                    continue;
                }

                (other, otherCount) = (other + dot, otherCount + 1);
            }
        }

        Assert.True((same / sameCount) > (other / otherCount) + 0.3, $"same taste {same / sameCount:F3}, other {other / otherCount:F3}");
    }

    [Fact]
    public void Training_lowers_the_loss_of_users_it_never_saw()
    {
        TorchProbe.Load(1);
        var options = Options with { GeometryWeight = 100, Epochs = 8 };
        using var trained = new SmenTrainer(options, 1, torch.CPU).Train(Synthetic.Bags(Synthetic.Histories(400, 8, 2), options), TestContext.Current.CancellationToken);

        Assert.Equal(100, trained.HeldOutUsers);
        Assert.True(trained.BestOverlap > 0.2, $"found overlap {trained.BestOverlap}");
        Assert.True(trained.BestLoss <= trained.StartLoss, $"found {trained.BestLoss} after, {trained.StartLoss} before");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        var histories = Synthetic.Histories(120, 6, 3);

        var first = Train(histories, null, TestContext.Current.CancellationToken).Vectors;
        var second = Train(histories, null, TestContext.Current.CancellationToken).Vectors;

        Assert.Equal(first, second);
    }

    [Fact]
    public void A_run_that_died_after_a_pass_ends_with_the_bits_of_one_that_did_not()
    {
        using var folder = new TemporaryFolder();
        var histories = Synthetic.Histories(120, 6, 4);
        var whole = Train(histories, null, TestContext.Current.CancellationToken).Vectors;
        var file = Path.Combine(folder.Path, "training", "checkpoint.bin");
        using var death = new CancellationTokenSource();
        var passes = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => Train(histories, new Checkpoint(file, "f"), death.Token, _ =>
        {
            if (++passes == 2)
            {
                death.Cancel();
            }
        }));
        var checkpoint = new Checkpoint(file, "f");
        var resumed = Train(histories, checkpoint, TestContext.Current.CancellationToken).Vectors;

        Assert.Equal(2, checkpoint.ResumedEpochs);
        Assert.Equal(whole, resumed);
    }

    [Fact]
    public void A_checkpoint_of_another_run_or_a_damaged_one_is_not_taken()
    {
        using var folder = new TemporaryFolder();
        var histories = Synthetic.Histories(60, 4, 5);
        var file = Path.Combine(folder.Path, "checkpoint.bin");
        Train(histories, new Checkpoint(file, "f"), TestContext.Current.CancellationToken);
        var other = new Checkpoint(file, "g");
        Train(histories, other, TestContext.Current.CancellationToken);
        Assert.Equal(0, other.ResumedEpochs);

        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        var damaged = new Checkpoint(file, "g");
        Train(histories, damaged, TestContext.Current.CancellationToken);

        Assert.Equal(0, damaged.ResumedEpochs);
    }

    [Fact]
    public void A_share_of_the_way_lies_between_the_start_and_what_training_made()
    {
        TorchProbe.Load(1);
        var bags = Synthetic.Bags(Synthetic.Histories(240, 6, 8), Options);
        using var whole = Train(1);
        using var half = Train(0.5);
        using var none = Train(0);

        Assert.Equal(0, none.Epochs);
        Assert.Equal(whole.Start, none.Network.Values());
        Assert.Equal(whole.Best, whole.Network.Values());
        Assert.NotEqual(whole.Start[0], whole.Best[0]);
        Assert.Equal((whole.Start[0][3] + whole.Best[0][3]) / 2, half.Network.Values()[0][3], 1e-6f);

        SmenResult Train(double share) => new SmenTrainer(Options with { TrainedShare = share }, 7, torch.CPU).Train(bags, TestContext.Current.CancellationToken);
    }

    /// <summary>Numbers beside tensors were freed by a collection while native code read them: "Unknown scalar type" ended a fit now and then.</summary>
    [Theory]
    [InlineData("Decay", "Blocks")]
    [InlineData("Attention", "Attention")]
    [InlineData("Gru", "Gate")]
    public void Collections_during_training_take_no_number_that_is_still_read(string time, string anchor)
    {
        var options = Options with { Scales = [Store.Histories.Scale.Lifetime, Store.Histories.Scale.Month], Time = Enum.Parse<TimeKind>(time), Anchor = Enum.Parse<AnchorKind>(anchor), Epochs = 3 };
        var bags = Synthetic.Bags(Synthetic.Histories(240, 6, 9), options);
        using var ended = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using var trained = new SmenTrainer(options, 1, torch.CPU).Train(bags, TestContext.Current.CancellationToken);
            Assert.Equal(3, trained.Epochs);
            Assert.True(double.IsFinite(trained.BestLoss));
        }
        finally
        {
            ended.Cancel();
            collector.Join();
        }
    }

    [Fact]
    public void Gram_is_the_cosine_of_the_bags()
    {
        var bags = Synthetic.Bags(Synthetic.Histories(20, 5, 6), Options with { Scales = [Store.Histories.Scale.Lifetime] });
        var gram = bags.Target.Gram(bags.Users);
        var rows = bags.Lifetime.RowPerUser();

        for (var i = 0; i < bags.Users.Length; i++)
        {
            var similarities = bags.Target.Similarities(bags.Users[i], bags.Users);
            for (var j = 0; j < bags.Users.Length; j++)
            {
                var expected = 0f;
                for (var a = 0; a < rows.Keys(bags.Users[i]).Length; a++)
                {
                    var b = rows.Keys(bags.Users[j]).IndexOf(rows.Keys(bags.Users[i])[a]);
                    expected += b < 0 ? 0 : rows.Values(bags.Users[i])[a] * rows.Values(bags.Users[j])[b];
                }

                Assert.Equal(expected, gram[(i * bags.Users.Length) + j], 1e-5f);
                Assert.Equal(expected, similarities[j], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, new[] { false, false, true, true }, 1)]
    [InlineData(new double[] { 4, 3, 2, 1 }, new[] { false, false, true, true }, 0)]
    [InlineData(new double[] { 1, 1, 1, 1 }, new[] { false, true, false, true }, 0.5)]
    public void Auc_is_the_chance_that_a_positive_scores_higher(double[] scores, bool[] positive, double expected) =>
        Assert.Equal(expected, RidgeProbe.Auc(scores, positive), 9);

    private static (float[] Vectors, int[] Users) Train(UserHistories histories, Checkpoint? checkpoint, CancellationToken cancellationToken, Action<SmenNetwork>? epochEnded = null)
    {
        var bags = Synthetic.Bags(histories, Options);
        var trainer = new SmenTrainer(Options, 7, torch.CPU) { Checkpoint = checkpoint, EpochEnded = epochEnded };
        using var trained = trainer.Train(bags, cancellationToken);
        return (SmenTrainer.Encode(trained.Network, bags.Columns, bags.Users, torch.CPU), bags.Users);
    }

    private static double Dot(float[] vectors, int i, int j)
    {
        var sum = 0.0;
        for (var d = 0; d < Options.Dimensions; d++)
        {
            sum += vectors[(i * Options.Dimensions) + d] * vectors[(j * Options.Dimensions) + d];
        }

        return sum;
    }
}
