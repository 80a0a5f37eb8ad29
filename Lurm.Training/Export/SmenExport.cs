using System.Globalization;
using Lurm.Store.Encoders;
using Lurm.Training.Algebra;
using Lurm.Training.Smen;
using static TorchSharp.torch;

namespace Lurm.Training.Export;

/// <summary>Writes a trained network as <c>encoder.onnx</c> and, where it only sums table rows before its dense part, as tables and <c>head.onnx</c>.</summary>
internal static class SmenExport
{
    private const float ScoreBound = 30;

    /// <summary>The whole graph: from bags to representation.</summary>
    public static byte[] Encoder(SmenNetwork network)
    {
        var graph = new OnnxGraph("lurm-encoder");
        var table = graph.Weights("table", Values(network.Table), network.Shape.Interests, network.Shape.Width);
        var vectors = new List<string>();
        foreach (var bag in network.Bags)
        {
            var parts = Pool(graph, network, bag.Input, table);
            vectors.Add(SmenShape.IsSingle(bag.Input) ? parts : AggregatePeriods(graph, network, bag, parts));
        }

        return Finish(graph, network, vectors);
    }

    /// <summary>The CPU path; null where attention over interests needs more than sums.</summary>
    public static EncoderHead? Head(SmenNetwork network)
    {
        if (network.Shape.Options.Anchor != AnchorKind.Blocks)
        {
            return null;
        }

        var graph = new OnnxGraph("lurm-head");
        var vectors = new List<string>();
        foreach (var bag in network.Bags)
        {
            var name = bag.Input.Name;
            if (SmenShape.IsSingle(bag.Input))
            {
                vectors.Add(graph.Input($"{name}_pooled", OnnxType.Float, "B", network.Shape.Width));
                continue;
            }

            graph.Input($"{name}_pooled", OnnxType.Float, "B", Parts(bag.Input), network.Shape.Width);
            vectors.Add(AggregatePeriods(graph, network, bag, $"{name}_pooled"));
        }

        var onnx = Finish(graph, network, vectors);
        var table = new PoolingTable([.. network.Bags.Select(bag => bag.Input.Name)], network.Shape.Width, Values(network.Table));
        return new EncoderHead(onnx, [table]);
    }

    /// <summary>Pools keys and values: [B, N] to [B, Width], or [B, P, N] to [B, P, Width].</summary>
    private static string Pool(OnnxGraph graph, SmenNetwork network, BagInput bag, string table)
    {
        object[] dimensions = SmenShape.IsSingle(bag) ? ["B", Keys(bag)] : ["B", Parts(bag), Keys(bag)];
        var keys = graph.Input($"{bag.Name}_keys", OnnxType.Int32, dimensions);
        var values = graph.Input($"{bag.Name}_values", OnnxType.Float, dimensions);
        var rows = graph.Operator("Gather", [table, keys]);
        var beforeLast = graph.Integers("beforeLast", -2);
        if (network.Shape.Options.Anchor == AnchorKind.Blocks)
        {
            var weights = graph.Operator("Unsqueeze", [values, beforeLast]);
            return graph.Operator("Squeeze", [graph.Operator("MatMul", [weights, rows]), beforeLast]);
        }

        // Scores and weights are [..., N, anchors]; the rows are cut into anchors and each anchor's weights applied to its own block.
        var shape = network.Shape;
        var last = graph.Integers("last", -1);
        var interestKeys = graph.Weights("keys", Values(network.Keys!), shape.Interests, shape.Options.KeyDimensions);
        var queries = graph.Weights("queries", Values(network.Queries!.t()), shape.Options.KeyDimensions, shape.TableAnchors);
        var scores = graph.Operator("MatMul", [graph.Operator("Gather", [interestKeys, keys]), queries]);
        var column = graph.Operator("Unsqueeze", [values, last]);
        string alpha;
        if (shape.Options.Anchor == AnchorKind.Gate)
        {
            alpha = graph.Operator("Mul", [column, graph.Operator("Sigmoid", [scores])]);
        }
        else
        {
            var raw = graph.Operator("Mul", [column, Exponential(graph, scores)]);
            var totals = graph.Operator("Max", [graph.Operator("ReduceSum", [raw, beforeLast], ("keepdims", 1)), graph.Scalar("tiny", 1e-12f)]);
            alpha = graph.Operator("Div", [raw, totals]);
        }

        var blocks = CutIntoAnchors(graph, network, rows, leading: dimensions.Length);
        var weighted = graph.Operator("Mul", [blocks, graph.Operator("Unsqueeze", [alpha, last])]);
        var summed = graph.Operator("ReduceSum", [weighted, graph.Integers("interestAxis", -3)], ("keepdims", 0));
        return JoinAnchors(graph, network, summed, leading: dimensions.Length - 1);
    }

    /// <summary>[B, P, Width] to [B, Width].</summary>
    private static string AggregatePeriods(OnnxGraph graph, SmenNetwork network, BagModule bag, string parts)
    {
        var shape = network.Shape;
        var name = bag.Input.Name;
        var ages = graph.Input($"{name}_ages", OnnxType.Int32, "B", Parts(bag.Input));
        var mask = graph.Input($"{name}_mask", OnnxType.Float, "B", Parts(bag.Input));
        var last = graph.Integers("last", -1);
        var periodAxis = graph.Integers("periodAxis", 1);
        var maskColumn = graph.Operator("Unsqueeze", [mask, last]);
        if (shape.Options.Time == TimeKind.Gru)
        {
            return Recurrent(graph, network, bag, parts, ages, mask, maskColumn);
        }

        var blocks = CutIntoAnchors(graph, network, parts, leading: 2);
        string weights;
        if (shape.Options.Time == TimeKind.Decay)
        {
            var rates = graph.Weights($"{name}.rates", Values((-bag.Rates!.clamp_min(Scalars.Real(0))).view(1, 1, -1)), 1, 1, shape.TableAnchors);
            var age = graph.Operator("Unsqueeze", [graph.Operator("Cast", [ages], ("to", (int)OnnxType.Float)), last]);
            weights = graph.Operator("Mul", [graph.Operator("Exp", [graph.Operator("Mul", [age, rates])]), maskColumn]);
        }
        else
        {
            var query = graph.Weights($"{name}.query", Values(bag.Query!), 1, 1, shape.TableAnchors, shape.TableAnchorDimensions);
            var bias = graph.Weights($"{name}.ageBias", Values(bag.AgeBias!), bag.Input.MaxPeriods, shape.TableAnchors);
            var dots = graph.Operator("ReduceSum", [graph.Operator("Mul", [blocks, query]), last], ("keepdims", 0));
            var scores = graph.Operator("Add", [dots, graph.Operator("Gather", [bias, ages])]);
            var raw = graph.Operator("Mul", [Exponential(graph, scores), maskColumn]);
            var totals = graph.Operator("Max", [graph.Operator("ReduceSum", [raw, periodAxis], ("keepdims", 1)), graph.Scalar("tiny", 1e-12f)]);
            weights = graph.Operator("Div", [raw, totals]);
        }

        var weighted = graph.Operator("Mul", [blocks, graph.Operator("Unsqueeze", [weights, last])]);
        return JoinAnchors(graph, network, graph.Operator("ReduceSum", [weighted, periodAxis], ("keepdims", 0)), leading: 1);
    }

    /// <summary>ONNX orders a GRU's gates z, r, h; torch orders them r, z, n. Both end at each user's own number of periods.</summary>
    private static string Recurrent(OnnxGraph graph, SmenNetwork network, BagModule bag, string parts, string ages, string mask, string maskColumn)
    {
        var name = bag.Input.Name;
        var width = network.Shape.Width;
        var gru = bag.Gru!;
        var bias = graph.Weights($"{name}.ageBias", Values(bag.AgeBias!), bag.Input.MaxPeriods, width);
        var input = graph.Operator("Mul", [graph.Operator("Add", [parts, graph.Operator("Gather", [bias, ages])]), maskColumn]);
        var inputWeights = graph.Weights($"{name}.gruInput", Reorder(gru.get_parameter("weight_ih_l0")!, width, width), 1, 3 * width, width);
        var stateWeights = graph.Weights($"{name}.gruState", Reorder(gru.get_parameter("weight_hh_l0")!, width, width), 1, 3 * width, width);
        float[] biases = [.. Reorder(gru.get_parameter("bias_ih_l0")!, width, 1), .. Reorder(gru.get_parameter("bias_hh_l0")!, width, 1)];
        var gruBias = graph.Weights($"{name}.gruBias", biases, 1, 6 * width);
        var last = graph.Integers("last", -1);
        var counts = graph.Operator("ReduceSum", [mask, last], ("keepdims", 0));
        var lengths = graph.Operator("Cast", [counts], ("to", (int)OnnxType.Int32));
        var steps = graph.Operator("Transpose", [input], ("perm", (long[])[1, 0, 2]));
        graph.Operators("GRU", [steps, inputWeights, stateWeights, gruBias, lengths], [string.Empty, $"{name}.state"], ("hidden_size", width), ("linear_before_reset", 1));
        var state = graph.Operator("Squeeze", [$"{name}.state", graph.Integers("firstAxis", 0)]);
        var present = graph.Operator("ReduceMax", [mask, last], ("keepdims", 1));
        var one = graph.Scalar("one", 1f);
        var total = graph.Operator("ReduceSum", [graph.Operator("Mul", [parts, maskColumn]), graph.Integers("periodAxis", 1)], ("keepdims", 0));
        var mean = graph.Operator("Div", [total, graph.Operator("Unsqueeze", [graph.Operator("Max", [counts, one]), last])]);
        return graph.Operator("Add", [mean, graph.Operator("Mul", [state, present])]);
    }

    /// <summary>Maps or fuses the bags' vectors, applies the gates and normalises.</summary>
    private static byte[] Finish(OnnxGraph graph, SmenNetwork network, List<string> vectors)
    {
        var shape = network.Shape;
        string? sum = null;
        for (var i = 0; i < vectors.Count; i++)
        {
            var bag = network.Bags[i];
            string part;
            if (network.Fusion is null)
            {
                part = graph.Operator("MatMul", [vectors[i], graph.Weights($"{bag.Input.Name}.map", Values(bag.EffectiveMap()), shape.Width, shape.Dimensions)]);
            }
            else
            {
                var perComponent = network.Fusion.softmax(0)[i].repeat_interleave(shape.Options.AnchorDimensions);
                part = graph.Operator("Mul", [vectors[i], graph.Weights($"{bag.Input.Name}.weights", Values(perComponent), 1, shape.Dimensions)]);
            }

            if (bag.Input.GateHalfCount is not null)
            {
                part = graph.Operator("Mul", [part, graph.Input($"{bag.Input.Name}_gate", OnnxType.Float, "B", 1)]);
            }

            sum = sum is null ? part : graph.Operator("Add", [sum, part]);
        }

        var length = graph.Operator("ReduceL2", [sum!, graph.Integers("last", -1)], ("keepdims", 1));
        graph.Operator("Div", [sum!, graph.Operator("Max", [length, graph.Scalar("tiny", 1e-12f)])], "representation");
        graph.Output("representation", OnnxType.Float, "B", shape.Dimensions);
        graph.Metadata("lurm.dimensions", shape.Dimensions.ToString(CultureInfo.InvariantCulture));
        graph.Metadata("lurm.interests", shape.Interests.ToString(CultureInfo.InvariantCulture));
        return graph.ToBytes();
    }

    /// <summary>Name of a bag's number of keys. Each bag has its own: ONNX Runtime reuses a buffer where two names are the same, and fails where the sizes then are not.</summary>
    private static string Keys(BagInput bag) => $"{bag.Name}_N";

    /// <summary>Name of a bag's number of parts, its own for the same reason.</summary>
    private static string Parts(BagInput bag) => $"{bag.Name}_P";

    private static string CutIntoAnchors(OnnxGraph graph, SmenNetwork network, string rows, int leading) =>
        graph.Operator("Reshape", [rows, graph.Integers($"cut{leading}", [.. Enumerable.Repeat(0L, leading), network.Shape.TableAnchors, network.Shape.TableAnchorDimensions])]);

    private static string JoinAnchors(OnnxGraph graph, SmenNetwork network, string blocks, int leading) =>
        graph.Operator("Reshape", [blocks, graph.Integers($"join{leading}", [.. Enumerable.Repeat(0L, leading), network.Shape.Width])]);

    private static string Exponential(OnnxGraph graph, string scores) =>
        graph.Operator("Exp", [graph.Operator("Clip", [scores, graph.Scalar("lowest", -ScoreBound), graph.Scalar("highest", ScoreBound)])]);

    private static float[] Reorder(Tensor gates, int width, int columns)
    {
        var values = Values(gates);
        var size = width * columns;
        return [.. values.AsSpan(size, size), .. values.AsSpan(0, size), .. values.AsSpan(2 * size, size)];
    }

    private static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }
}
