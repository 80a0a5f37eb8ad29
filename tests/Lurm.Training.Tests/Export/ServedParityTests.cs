using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.TestKit;
using Lurm.Training.Export;
using Lurm.Training.Histories;
using Lurm.Training.Smen;
using Lurm.Training.Tests.Items;
using TorchSharp;

namespace Lurm.Training.Tests.Export;

/// <summary>A processor does not run <c>encoder.onnx</c>: it sums the tables' rows in C# and runs <c>head.onnx</c>. What comes out is the same.</summary>
public sealed class ServedParityTests
{
    private const int Users = 200;

    /// <summary>What <see cref="EncoderHead"/> promises.</summary>
    private const float HeadTolerance = 1e-5f;

    [Theory]
    [InlineData(new[] { Scale.Lifetime }, false)]
    [InlineData(new[] { Scale.Lifetime, Scale.Recent }, true)]
    [InlineData(new[] { Scale.Lifetime, Scale.Recent, Scale.Month }, true)]
    public void What_a_processor_serves_agrees_with_the_encoder_and_with_the_network(Scale[] scales, bool switches)
    {
        var cancellation = TestContext.Current.CancellationToken;
        TorchProbe.Load(1);
        using var folder = new TemporaryFolder();
        using var shop = new TasteShop(Users, periods: 6, switches);
        var database = shop.Database;
        var options = new FitOptions { ItemDimensions = 8, Smen = new() { Scales = scales, Epochs = 3 } };
        var histories = UserHistories.Read(database, cancellation);
        var data = FitData.Build(histories, database.ReadItems(cancellation), database.Kinds, database.Grain, options, stage: null, cancellation);
        var bags = TrainingBags.Build(data.Source.With(BagPlan.Make(data.Source, histories, options.Smen)), histories, options.Smen);
        using var trained = new SmenTrainer(options.Smen, 1, torch.CPU).Train(bags, cancellation);
        var encoder = SmenExport.Encoder(trained.Network);
        ModelBundle.Write(folder["bundle"], bags.Source.Card with { ModelId = "served" }, data.Interests, encoder, SmenExport.Head(trained.Network));
        database.RegisterModel(folder["bundle"]);

        var report = database.Embed(new EmbedOptions { Threads = 1 }, cancellationToken: cancellation);

        Assert.Equal("cpu, pooling in C#", report.Device);
        Assert.Equal(Users, bags.Users.Length);
        var served = Served(database, histories);
        var byEncoder = ParityCheck.RunEncoder(encoder, trained.Network.Shape, bags.Columns, bags.Users);
        var byNetwork = SmenTrainer.Encode(trained.Network, bags.Columns, bags.Users, torch.CPU);
        Assert.InRange(LargestDifference(served, byEncoder), 0, HeadTolerance);
        Assert.InRange(LargestDifference(served, byNetwork), 0, ParityCheck.Tolerance);
    }

    /// <summary>Representations from the database, in the order of the histories.</summary>
    private static float[] Served(LurmDatabase database, UserHistories histories)
    {
        var ids = new string?[histories.Count];
        database.GetUserIds(histories.Keys, ids);
        return [.. ids.SelectMany(id => database.TryGetRepresentation(id!, out var representation) ? representation : throw new InvalidOperationException($"'{id}' has no representation"))];
    }

    private static float LargestDifference(float[] found, float[] expected)
    {
        Assert.Equal(expected.Length, found.Length);
        return found.Zip(expected, (x, y) => float.IsNaN(x - y) ? float.PositiveInfinity : Math.Abs(x - y)).Max();
    }
}
