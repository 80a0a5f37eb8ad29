using Lurm.Store.Histories;
using Lurm.Training.Export;
using Lurm.Training.Smen;
using Lurm.Training.Tests.Smen;
using TorchSharp;

namespace Lurm.Training.Tests.Export;

public sealed class SmenExportTests
{
    private const int Users = 60;

    public static TheoryData<string, string, string> Combinations()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var anchor in Enum.GetNames<AnchorKind>())
        {
            foreach (var time in Enum.GetNames<TimeKind>())
            {
                foreach (var aggregation in Enum.GetNames<ScaleKind>())
                {
                    data.Add(anchor, time, aggregation);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Every_combination_trains_and_its_export_agrees_with_the_network(string anchor, string time, string aggregation)
    {
        var options = new SmenOptions
        {
            Anchors = 4,
            AnchorDimensions = 4,
            KeyDimensions = 4,
            Anchor = Enum.Parse<AnchorKind>(anchor),
            Time = Enum.Parse<TimeKind>(time),
            Aggregation = Enum.Parse<ScaleKind>(aggregation),
            Scales = [Scale.Lifetime, Scale.Recent, Scale.Month],
            MaxPeriods = 6,
            Epochs = 2,
            BatchUsers = 16,
        };
        var bags = Synthetic.Bags(Synthetic.Histories(Users, 8, 1), options);

        using var trained = new SmenTrainer(options, 1, torch.CPU).Train(bags, TestContext.Current.CancellationToken);
        var difference = ParityCheck.LargestDifference(trained.Network, SmenExport.Encoder(trained.Network), bags.Columns, bags.Users);

        Assert.InRange(difference, 0, ParityCheck.Tolerance);
        var vectors = SmenTrainer.Encode(trained.Network, bags.Columns, bags.Users, torch.CPU);
        Assert.All(vectors.Chunk(options.Dimensions), vector => Assert.Equal(1, vector.Sum(x => x * x), 1e-4f));
    }

    /// <summary>All bags named their sizes alike: ONNX Runtime reused one scale's buffer for another's and failed ("Shape mismatch attempting to re-use buffer").</summary>
    [Theory]
    [InlineData(new[] { Scale.Recent }, "Decay", "Mapped")]
    [InlineData(new[] { Scale.Season, Scale.Year }, "Decay", "Mapped")]
    [InlineData(new[] { Scale.Lifetime, Scale.Season, Scale.Year }, "Attention", "Fusion")]
    [InlineData(new[] { Scale.Year, Scale.Month }, "Gru", "Reserved")]
    [InlineData(new[] { Scale.Lifetime, Scale.Recent, Scale.Month, Scale.Season, Scale.Year }, "Gru", "Mapped")]
    public void Every_scale_alone_and_with_others_agrees_with_the_network(Scale[] scales, string time, string aggregation)
    {
        var options = new SmenOptions
        {
            Anchors = 8,
            AnchorDimensions = 4,
            Time = Enum.Parse<TimeKind>(time),
            Aggregation = Enum.Parse<ScaleKind>(aggregation),
            Scales = scales,
            MaxPeriods = 3,
            Epochs = 2,
            BatchUsers = 16,
        };
        var bags = Synthetic.Bags(Synthetic.Histories(Users, 26, 4), options);

        using var trained = new SmenTrainer(options, 1, torch.CPU).Train(bags, TestContext.Current.CancellationToken);

        Assert.Equal(scales.Order(), trained.Network.Shape.Bags.Select(bag => bag.Scale).Order());
        Assert.InRange(ParityCheck.LargestDifference(trained.Network, SmenExport.Encoder(trained.Network), bags.Columns, bags.Users), 0, ParityCheck.Tolerance);
    }

    [Fact]
    public void A_batch_of_one_gives_what_a_batch_of_all_gives()
    {
        var options = new SmenOptions { Anchors = 4, AnchorDimensions = 4, Scales = [Scale.Lifetime, Scale.Recent], Epochs = 1 };
        var bags = Synthetic.Bags(Synthetic.Histories(Users, 8, 2), options);
        using var trained = new SmenTrainer(options, 1, torch.CPU).Train(bags, TestContext.Current.CancellationToken);
        var encoder = SmenExport.Encoder(trained.Network);

        var together = ParityCheck.RunEncoder(encoder, trained.Network.Shape, bags.Columns, bags.Users);

        for (var user = 0; user < 5; user++)
        {
            var alone = ParityCheck.RunEncoder(encoder, trained.Network.Shape, bags.Columns, [bags.Users[user]]);
            for (var i = 0; i < alone.Length; i++)
            {
                Assert.Equal(alone[i], together[(user * alone.Length) + i], 1e-6f);
            }
        }
    }

    [Fact]
    public void Attention_over_interests_has_no_path_that_only_sums()
    {
        var options = new SmenOptions { Anchors = 2, AnchorDimensions = 4, Anchor = AnchorKind.Attention, Scales = [Scale.Lifetime], Epochs = 0 };
        var bags = Synthetic.Bags(Synthetic.Histories(Users, 4, 3), options);
        using var network = new SmenTrainer(options, 1, torch.CPU).CreateNetwork(bags, TestContext.Current.CancellationToken);

        Assert.Null(SmenExport.Head(network));
    }
}
