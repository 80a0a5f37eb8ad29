using Lurm.Training.Algebra;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Lurm.Training.Smen;

/// <summary>The network: bags pooled by anchors, periods aggregated, scales mapped or fused, one unit vector out.</summary>
internal sealed class SmenNetwork : nn.Module
{
    private const double ScoreBound = 30;

    private readonly EmbeddingBag _table;
    private readonly Parameter? _keys;
    private readonly Parameter? _queries;
    private readonly BagModule[] _bags;
    private readonly Parameter? _fusion;

    /// <summary>A network with random small weights; <see cref="StartFrom"/> gives it its start.</summary>
    public SmenNetwork(SmenShape shape)
        : base("smen")
    {
        Shape = shape;
        _table = nn.EmbeddingBag(shape.Interests, shape.Width, mode: EmbeddingBagMode.Sum);
        if (shape.Options.Anchor != AnchorKind.Blocks)
        {
            _keys = new Parameter(randn(shape.Interests, shape.Options.KeyDimensions).mul(Scalars.Real(0.1)));
            _queries = new Parameter(zeros(shape.TableAnchors, shape.Options.KeyDimensions));
        }

        _bags = [.. Enumerable.Range(0, shape.Bags.Count).Select(bag => new BagModule(shape, bag))];
        if (shape.Options.Aggregation == ScaleKind.Fusion)
        {
            _fusion = new Parameter(zeros(shape.Bags.Count, shape.Options.Anchors));
        }

        RegisterComponents();
        for (var bag = 0; bag < _bags.Length; bag++)
        {
            register_module($"bag{bag}", _bags[bag]);
        }
    }

    /// <summary>Sizes and options.</summary>
    public SmenShape Shape { get; }

    /// <summary>Rows of the interests, shape [Interests, Width].</summary>
    public Parameter Table => _table.weight!;

    /// <summary>Keys of the interests, shape [Interests, KeyDimensions]; none for blocks.</summary>
    public Parameter? Keys => _keys;

    /// <summary>Queries of the anchors, shape [TableAnchors, KeyDimensions]; none for blocks.</summary>
    public Parameter? Queries => _queries;

    /// <summary>What is particular to each bag input.</summary>
    public IReadOnlyList<BagModule> Bags => _bags;

    /// <summary>Logits of the scales' weights, shape [bags, Anchors]; only with fusion.</summary>
    public Parameter? Fusion => _fusion;

    /// <summary>Sets the table to the main bag's leading singular vectors, shape [Interests × Width], row-major.</summary>
    public void StartFrom(float[] singularVectors)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Table.copy_(tensor(singularVectors, [Shape.Interests, Shape.Width]));
    }

    /// <summary>All parameters, row-major, in the network's order.</summary>
    public float[][] Values() => [.. parameters().Select(EpochState.Values)];

    /// <summary>Sets the parameters to (1 − share) · <paramref name="from"/> + share · <paramref name="to"/>.</summary>
    /// <remarks>What was trained from one start may be averaged with it (arXiv:2109.01903): between the two lie networks that keep most of both.</remarks>
    public void SetBetween(float[][] from, float[][] to, double share) =>
        EpochState.Restore(parameters(), [.. from.Zip(to, (a, b) => Mix(a, b, (float)share))]);

    private static float[] Mix(float[] from, float[] to, float share)
    {
        if (share is 0 or 1)
        {
            return share == 0 ? from : to;
        }

        var mixed = new float[from.Length];
        TensorPrimitives.Lerp(from, to, share, mixed);
        return mixed;
    }

    /// <summary>Representations of a batch, shape [B, Dimensions], unit length, zero where a user has no bag.</summary>
    public Tensor Forward(IReadOnlyList<BagTensors> bags)
    {
        Tensor? sum = null;
        var weights = _fusion?.softmax(0);
        for (var i = 0; i < _bags.Length; i++)
        {
            var pooled = Pool(bags[i]);
            var vector = _bags[i].Aggregate(pooled, bags[i]);
            var part = weights is null
                ? vector.matmul(_bags[i].EffectiveMap())
                : (vector.view(bags[i].Users, Shape.Options.Anchors, Shape.Options.AnchorDimensions) * weights[i].view(1, -1, 1)).view(bags[i].Users, Shape.Dimensions);
            part = Shape.Bags[i].GateHalfCount is null ? part : part * bags[i].Gate;
            sum = sum is null ? part : sum.Plus(part);
        }

        return nn.functional.normalize(sum!, p: 2, dim: 1, eps: 1e-12);
    }

    /// <summary>One vector per part, shape [Q, Width].</summary>
    private Tensor Pool(BagTensors bag)
    {
        if (Shape.Options.Anchor == AnchorKind.Blocks)
        {
            return _table.call(bag.Keys, bag.Offsets, bag.Values);
        }

        var scores = _keys!.index_select(0, bag.Keys).matmul(_queries!.t());
        var parts = bag.Offsets.shape[0];
        var values = bag.Values.unsqueeze(1);
        Tensor weights;
        if (Shape.Options.Anchor == AnchorKind.Gate)
        {
            weights = values * scores.sigmoid();
        }
        else
        {
            var raw = values * scores.clamp(Scalars.Real(-ScoreBound), Scalars.Real(ScoreBound)).exp();
            var totals = zeros(parts, Shape.TableAnchors, device: raw.device).index_add(0, bag.KeyParts, raw, Scalars.Whole(1));
            weights = raw / totals.index_select(0, bag.KeyParts).clamp_min(Scalars.Real(1e-12));
        }

        var rows = Table.index_select(0, bag.Keys).view(-1, Shape.TableAnchors, Shape.TableAnchorDimensions);
        var weighted = (rows * weights.unsqueeze(2)).view(-1, Shape.Width);
        return zeros(parts, Shape.Width, device: weighted.device).index_add(0, bag.KeyParts, weighted, Scalars.Whole(1));
    }
}
