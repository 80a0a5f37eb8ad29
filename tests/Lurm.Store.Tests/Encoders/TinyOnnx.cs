using System.Runtime.InteropServices;
using System.Text;
using Lurm.Store.Encoders;

namespace Lurm.Store.Tests.Encoders;

/// <summary>Writes small ONNX models byte by byte: protocol buffers by hand, so that these tests need no trainer.</summary>
internal static class TinyOnnx
{
    private const int Float = 1;
    private const int Int32 = 6;
    private const int Int64 = 7;

    /// <summary>An encoder of lifetime (and, gated, recent) bags: r = normalise(vL·T·WL + g·vS·T·WS), T [interests × width]; without maps W is the identity.</summary>
    public static byte[] Encoder(ModelCard card, float[] table, float[][]? maps = null, bool longKeys = false)
    {
        var graph = new Message();
        var sums = new List<string>();
        graph.Bytes(5, Tensor("T", Float, MemoryMarshal.AsBytes(table.AsSpan()), card.Interests, table.Length / card.Interests));
        graph.Bytes(5, Tensor("axis1", Int64, MemoryMarshal.AsBytes<long>([1]), 1));
        for (var i = 0; i < card.Bags.Count; i++)
        {
            var name = card.Bags[i].Name;
            graph.Bytes(11, Value($"{name}_keys", longKeys ? Int64 : Int32, "B", $"{name}_N"));
            graph.Bytes(11, Value($"{name}_values", Float, "B", $"{name}_N"));
            graph.Bytes(1, Node("Gather", ["T", $"{name}_keys"], $"{name}_rows"));
            graph.Bytes(1, Node("Unsqueeze", [$"{name}_values", "axis1"], $"{name}_weights"));
            graph.Bytes(1, Node("MatMul", [$"{name}_weights", $"{name}_rows"], $"{name}_sum3"));
            graph.Bytes(1, Node("Squeeze", [$"{name}_sum3", "axis1"], $"{name}_sum"));
            sums.Add(Gated(graph, card.Bags[i], Mapped(graph, card, maps?[i], name, $"{name}_sum")));
        }

        return Finish(graph, card, sums);
    }

    /// <summary>The same model's head, for the CPU path that pools over T in C#.</summary>
    public static byte[] Head(ModelCard card, float[][]? maps = null)
    {
        var graph = new Message();
        graph.Bytes(5, Tensor("axis1", Int64, MemoryMarshal.AsBytes<long>([1]), 1));
        var sums = new List<string>();
        for (var i = 0; i < card.Bags.Count; i++)
        {
            var name = card.Bags[i].Name;
            graph.Bytes(11, Value($"{name}_pooled", Float, "B", maps is null ? card.Dimensions : maps[i].Length / card.Dimensions));
            sums.Add(Gated(graph, card.Bags[i], Mapped(graph, card, maps?[i], name, $"{name}_pooled")));
        }

        return Finish(graph, card, sums);
    }

    private static string Mapped(Message graph, ModelCard card, float[]? map, string name, string input)
    {
        if (map is null)
        {
            return input;
        }

        graph.Bytes(5, Tensor($"{name}_map", Float, MemoryMarshal.AsBytes(map.AsSpan()), map.Length / card.Dimensions, card.Dimensions));
        graph.Bytes(1, Node("MatMul", [input, $"{name}_map"], $"{name}_mapped"));
        return $"{name}_mapped";
    }

    private static string Gated(Message graph, BagInput bag, string sum)
    {
        if (bag.GateHalfCount is null)
        {
            return sum;
        }

        graph.Bytes(11, Value($"{bag.Name}_gate", Float, "B", 1));
        graph.Bytes(1, Node("Mul", [sum, $"{bag.Name}_gate"], $"{bag.Name}_gated"));
        return $"{bag.Name}_gated";
    }

    private static byte[] Finish(Message graph, ModelCard card, List<string> sums)
    {
        graph.Bytes(1, Node("Sum", [.. sums], "z"));
        graph.Bytes(1, Node("ReduceL2", ["z", "axis1"], "length"));
        graph.Bytes(1, Node("Div", ["z", "length"], "representation"));
        graph.Bytes(12, Value("representation", Float, "B", card.Dimensions));
        graph.Text(2, "tiny");
        return new Message().Number(1, 10).Bytes(7, graph).Bytes(8, new Message().Text(1, string.Empty).Number(2, 21)).ToArray();
    }

    private static Message Node(string operation, string[] inputs, string output)
    {
        var node = new Message();
        Array.ForEach(inputs, input => node.Text(1, input));
        return node.Text(2, output).Text(3, $"{operation} {output}").Text(4, operation);
    }

    private static Message Value(string name, int type, params object[] shape)
    {
        var dimensions = new Message();
        foreach (var size in shape)
        {
            dimensions.Bytes(1, size is int number ? new Message().Number(1, number) : new Message().Text(2, (string)size));
        }

        return new Message().Text(1, name).Bytes(2, new Message().Bytes(1, new Message().Number(1, type).Bytes(2, dimensions)));
    }

    private static Message Tensor(string name, int type, ReadOnlySpan<byte> data, params long[] shape)
    {
        var tensor = new Message();
        Array.ForEach(shape, size => tensor.Number(1, size));
        return tensor.Number(2, type).Text(8, name).Bytes(9, data);
    }

    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public Message Number(int field, long value)
        {
            Varint((uint)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

        public Message Bytes(int field, Message message) => Bytes(field, message.ToArray());

        public Message Bytes(int field, ReadOnlySpan<byte> bytes)
        {
            Varint(((uint)field << 3) | 2);
            Varint((ulong)bytes.Length);
            _bytes.AddRange(bytes);
            return this;
        }

        public byte[] ToArray() => [.. _bytes];

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                _bytes.Add((byte)(value | 0x80));
            }

            _bytes.Add((byte)value);
        }
    }
}
