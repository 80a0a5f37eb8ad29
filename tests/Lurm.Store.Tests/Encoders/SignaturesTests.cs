using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Store.Tests.Generations;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Encoders;

/// <summary>A model file that is not what its card says is refused where it is loaded, with both told.</summary>
public sealed class SignaturesTests : IDisposable
{
    private const string Expected = "its card expects lifetime_keys int32 [?, ?]; lifetime_values float [?, ?].";

    private readonly TemporaryFolder _folder = new();

    private static ModelCard Card { get; } = Shop.Card("m1", Models.Lifetime());

    private static float[] Table { get; } = Shop.Table(Card);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_the_card_says_is_taken()
    {
        using var encoder = UserEncoders.Open(Write(Card, TinyOnnx.Encoder(Card, Table), Head(Card)), EncoderDevice.Cpu, out _);
        Assert.Equal("cpu, pooling in C#", encoder.Device);
    }

    [Fact]
    public void A_renamed_input_is_refused() => Refuses(
        $"the encoder of model 'm1' takes past_keys int32 [?, ?]; past_values float [?, ?]; {Expected}",
        Write(Card, TinyOnnx.Encoder(Card with { Bags = [Models.Lifetime() with { Name = "past" }] }, Table)));

    [Fact]
    public void A_wrong_element_type_is_refused() => Refuses(
        $"takes lifetime_keys int64 [?, ?]; lifetime_values float [?, ?]; {Expected}",
        Write(Card, TinyOnnx.Encoder(Card, Table, longKeys: true)));

    [Fact]
    public void An_input_that_is_missing_is_refused() => Refuses(
        "its card expects lifetime_keys int32 [?, ?]; lifetime_values float [?, ?]; recent_gate float [?, 1]; recent_keys int32 [?, ?]; recent_values float [?, ?].",
        Write(Shop.Card(), TinyOnnx.Encoder(Card, Table)));

    [Fact]
    public void A_wrong_output_width_is_refused() => Refuses(
        "gives representation float [?, 16]; its card expects representation float [?, 8].",
        Write(Card with { AnchorDimensions = 4 }, TinyOnnx.Encoder(Card, Table)));

    [Fact]
    public void A_head_of_another_width_than_its_table_is_refused() => Refuses(
        "takes lifetime_pooled float [?, 16]; its card expects lifetime_pooled float [?, 12].",
        Write(Card, TinyOnnx.Encoder(Card, Table), new EncoderHead(TinyOnnx.Head(Card), [new PoolingTable(["lifetime"], 12, new float[Shop.Items * 12])])));

    [Fact]
    public void A_wrong_rank_is_refused()
    {
        // As a bag of one part, and as a scale of many parts has it.
        var card = Card with { Bags = [new BagInput { Name = "lifetime", Scale = Scale.Month, MaxPeriods = 6 }] };
        Refuses("its card expects lifetime_ages int32 [?, ?]; lifetime_keys int32 [?, ?, ?]; ", Write(card, TinyOnnx.Encoder(Card, Table)));
        Assert.False(new ModelTensor("x", typeof(float), -1, -1, -1).Fits(new ModelTensor("x", typeof(float), -1, -1)));
    }

    [Fact]
    public void A_size_that_either_side_leaves_open_fits_any()
    {
        var contract = new ModelTensor("x", typeof(float), ModelTensor.Any, 8);
        Assert.True(contract.Fits(new ModelTensor("x", typeof(float), 32, 8)));
        Assert.True(contract.Fits(new ModelTensor("x", typeof(float), -1, -1)));
        Assert.False(contract.Fits(new ModelTensor("x", typeof(float), -1, 9)));
        Assert.False(contract.Fits(new ModelTensor("x", typeof(double), -1, 8)));
    }

    private static EncoderHead Head(ModelCard card) => new(TinyOnnx.Head(card), [new PoolingTable(["lifetime"], card.Dimensions, Table)]);

    private static void Refuses(string told, ModelBundle bundle)
    {
        var error = Assert.Throws<StoreException>(() => UserEncoders.Open(bundle, EncoderDevice.Cpu, out _));
        Assert.Equal(StoreFault.Incompatible, error.Fault);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Train anew with 'lurm-train fit'.", error.Message, StringComparison.Ordinal);
    }

    private ModelBundle Write(ModelCard card, byte[] encoder, EncoderHead? head = null) =>
        ModelBundle.Write(_folder[Guid.NewGuid().ToString("N")], card, Shop.Interests(), encoder, head);
}
